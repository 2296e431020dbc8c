"""What was decided is decided again, and comes out the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.kernel.errors import Rejected
from hub.model.episode import RecordedEpisode
from hub.simulation.domain.replay import Difference, find_first_difference
from hub.simulation.steps.replay_archive import ReplayArchive
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.factories import NOON
from tests.in_memory import InMemoryHub, retail_snapshot
from tests.whole_hub.test_whole_hub import complaint, shop, sign_up

ARRIVALS = [sign_up("ann"), sign_up("bernd"), complaint("ann"), complaint("bernd")]
ARRIVALS += [shop(kind, who) for kind in ("cart.left", "order.paid") for who in ("ann", "bernd")]


def a_day(*places: int) -> list[RecordedEpisode]:
    """What is archived of arrivals, an hour apart, with their waits over at the end."""
    hub = InMemoryHub()
    for place in places:
        hub.push(ARRIVALS[place])
        hub.clock.passes(hours=1)
    hub.clock.passes(days=1)
    for timer in list(hub.schedule.timers):
        hub.fire(timer)
    days = {record.episode.decided_at.date() for record in hub.customers.outboxes}
    records = [record for day in days for record in hub.archive.read_records(day)]
    return sorted(records, key=lambda r: (r.episode.customer_id, r.episode.version))


def a_whole_day() -> list[RecordedEpisode]:
    return a_day(*range(len(ARRIVALS)))


def replayed(
    records: list[RecordedEpisode], change: Callable[[dict[str, Any]], object] = lambda _: None
) -> list[Difference]:
    snapshot = retail_snapshot()
    change(snapshot["rows"])
    catalogue = Catalogue.from_snapshot(snapshot)
    replayer = ReplayArchive(lambda _: catalogue, lambda _: NO_SURROUNDINGS, lambda c: len(str(c)))
    told = list(replayer(records))
    assert [record for record, _ in told] == records
    return [difference for _, found in told for difference in found]


def test_a_day_of_the_retailer_comes_out_the_same() -> None:
    records = a_whole_day()
    assert len(records) > len(ARRIVALS)
    assert any(d.actions for record in records for d in record.episode.decisions)
    assert replayed(records) == []


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, len(ARRIVALS) - 1), max_size=12))
def test_whatever_happens_in_whatever_order_comes_out_the_same(places: list[int]) -> None:
    assert replayed(a_day(*places)) == []


def test_another_rule_is_a_difference_that_names_its_field() -> None:
    def mute(rows: dict[str, Any]) -> None:
        for rule in rows["rules"].values():
            rule["status"] = "paused"

    found = replayed(a_whole_day(), mute)
    assert found[0].field.startswith("decisions[0].")
    assert found[0].was != found[0].now


def test_a_state_that_is_not_what_the_events_left_is_a_difference() -> None:
    records = a_whole_day()
    place = next(i for i, record in enumerate(records) if record.episode.version == 1)
    changed = replace(records[place].before, place={"country": "FR", "time_zone": "Europe/London"})
    records[place] = replace(records[place], before=changed)
    assert replayed(records)[0] == Difference(
        records[place].episode.customer_id,
        0,
        records[place - 1].episode.decided_at,
        "after.place.country",
        '"FR"',
        '"GB"',
    )


def test_a_state_that_somebody_else_wrote_meanwhile_is_not_held_against_it() -> None:
    records = a_whole_day()
    place = next(i for i, record in enumerate(records) if record.episode.version == 1)
    assert replayed([records[place - 1], *records[place + 1 :]]) == []


def test_another_time_is_another_decision() -> None:
    [first, *others] = a_whole_day()
    later = replace(first.episode, decided_at=NOON + timedelta(days=400))
    assert replayed([replace(first, episode=later), *others])[0].field.endswith(
        ("decided_at", "expires_at")
    )


def test_what_can_no_longer_be_found_is_told_and_the_others_go_on() -> None:
    def gone(number: int) -> Catalogue:
        raise Rejected(f"there is no catalogue {number}")

    records = a_day(0)
    replayer = ReplayArchive(gone, lambda _: NO_SURROUNDINGS, lambda _: 0)
    told = [difference for _, found in replayer(records) for difference in found]
    assert {difference.now for difference in told} == {"there is no catalogue 1"}
    assert len(told) == len(records)


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "it.a[1].b"),
        ({"a": 1}, {}, "it.a"),
        ([1], [1, 2], "it[1]"),
        (1, True, "it"),
        ({"a": 1}, {"a": 1.0}, "it.a"),
        ({"a": {}}, {"a": []}, "it.a"),
    ],
)
def test_the_first_difference_is_found_where_it_is(was: Any, now: Any, field: str) -> None:
    found = find_first_difference("it", was, now)
    assert found
    assert found[0] == field


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_what_is_the_same_has_no_difference(value: Any) -> None:
    assert find_first_difference("it", value, value) is None


def test_a_list_is_the_same_as_a_tuple_and_the_order_of_names_is_none() -> None:
    assert find_first_difference("it", {"a": (1, 2), "b": 0}, {"b": 0, "a": [1, 2]}) is None
