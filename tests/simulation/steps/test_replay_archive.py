"""Archived episodes are decided again with the same result."""

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
    """The archive of arrivals an hour apart, after all waits have ended."""
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


def replay(
    records: list[RecordedEpisode], change: Callable[[dict[str, Any]], object] = lambda _: None
) -> list[Difference]:
    snapshot = retail_snapshot()
    change(snapshot["rows"])
    catalogue = Catalogue.from_snapshot(snapshot)
    step = ReplayArchive(lambda _: catalogue, lambda _: NO_SURROUNDINGS, lambda c: len(str(c)))
    replayed = list(step(records))
    assert [record for record, _ in replayed] == records
    return [difference for _, differences in replayed for difference in differences]


def test_a_day_of_the_retailer_is_decided_the_same() -> None:
    records = a_whole_day()
    assert len(records) > len(ARRIVALS)
    assert any(d.actions for record in records for d in record.episode.decisions)
    assert replay(records) == []


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, len(ARRIVALS) - 1), max_size=12))
def test_any_events_in_any_order_are_decided_the_same(places: list[int]) -> None:
    assert replay(a_day(*places)) == []


def test_another_rule_is_a_difference_that_names_its_field() -> None:
    def mute(rows: dict[str, Any]) -> None:
        for rule in rows["rules"].values():
            rule["status"] = "paused"

    first = replay(a_whole_day(), mute)[0]
    assert first.field.startswith("decisions[0].")
    assert first.was != first.now


def test_a_state_that_the_events_do_not_lead_to_is_a_difference() -> None:
    records = a_whole_day()
    place = next(i for i, record in enumerate(records) if record.episode.version == 1)
    changed = replace(records[place].before, place={"country": "FR", "time_zone": "Europe/London"})
    records[place] = replace(records[place], before=changed)
    assert replay(records)[0] == Difference(
        records[place].episode.customer_id,
        0,
        records[place - 1].episode.decided_at,
        "after.place.country",
        '"FR"',
        '"GB"',
    )


def test_a_state_after_a_missing_episode_is_no_difference() -> None:
    records = a_whole_day()
    place = next(i for i, record in enumerate(records) if record.episode.version == 1)
    assert replay([records[place - 1], *records[place + 1 :]]) == []


def test_another_time_is_another_decision() -> None:
    [first, *others] = a_whole_day()
    later = replace(first.episode, decided_at=NOON + timedelta(days=400))
    assert replay([replace(first, episode=later), *others])[0].field.endswith(
        ("decided_at", "expires_at")
    )


def test_a_missing_catalogue_is_a_difference_and_the_replay_goes_on() -> None:
    def reject(number: int) -> Catalogue:
        raise Rejected(f"there is no catalogue {number}")

    records = a_day(0)
    step = ReplayArchive(reject, lambda _: NO_SURROUNDINGS, lambda _: 0)
    differences = [difference for _, found in step(records) for difference in found]
    assert {difference.now for difference in differences} == {"there is no catalogue 1"}
    assert len(differences) == len(records)


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
    difference = find_first_difference("it", was, now)
    assert difference
    assert difference[0] == field


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_equal_values_have_no_difference(value: Any) -> None:
    assert find_first_difference("it", value, value) is None


def test_a_list_equals_a_tuple_and_the_order_of_names_does_not_matter() -> None:
    assert find_first_difference("it", {"a": (1, 2), "b": 0}, {"b": 0, "a": [1, 2]}) is None
