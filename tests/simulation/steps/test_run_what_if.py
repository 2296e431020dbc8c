"""What a draft would have done with the past: nothing is sent, and nothing waits."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.model.episode import RecordedEpisode
from hub.model.inbound_payload import InboundPayload
from hub.simulation.domain.what_if.comparison import Comparison
from hub.simulation.domain.what_if.turn_summary import MISSING_EVENT
from hub.simulation.domain.what_if.virtual_time import (
    SimulationEnvironment,
    Turn,
    select_external_events,
    simulate_customer,
)
from hub.simulation.steps.run_what_if import RunWhatIf
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.factories import NOON, an_event
from tests.in_memory import InMemoryHub, retail_snapshot
from tests.whole_hub.test_whole_hub import complaint, shop, sign_up

END = NOON + timedelta(days=2)
Change = Callable[[dict[str, dict[str, Any]]], object]


def a_past(*arrivals: InboundPayload) -> list[list[RecordedEpisode]]:
    """The archive of arrivals an hour apart, customer by customer; waits end when due."""
    hub = InMemoryHub()
    for arrival in arrivals:
        hub.push(arrival)
        hub.clock.passes(hours=1)
        for name, timer in list(hub.schedule.timers.items()):
            if timer.due_at <= hub.clock():
                hub.fire(name)
    days = sorted({record.episode.decided_at.date() for record in hub.customers.outboxes})
    records = [record for day in days for record in hub.archive.read_records(day)]
    records.sort(key=lambda r: (r.episode.customer_id, r.episode.version))
    return [list(each) for _, each in groupby(records, key=lambda r: r.episode.customer_id)]


def rows_of(change: Change = lambda _: None) -> dict[str, Any]:
    snapshot = retail_snapshot()
    change(snapshot["rows"]["rules"])
    return snapshot


def what_if(change: Change, until: Any = END) -> RunWhatIf:
    live, draft = (Catalogue.from_snapshot(rows_of(each)) for each in (lambda _: None, change))
    return RunWhatIf(live, draft, lambda _: NO_SURROUNDINGS, lambda c: len(str(c)), until)


def compare(past: Sequence[Sequence[RecordedEpisode]], change: Change) -> Comparison:
    comparison, run = Comparison(), what_if(change)
    for records in past:
        comparison.add_customer(records[-1].before.person.get("first_name", ""), *run(records))
    return comparison


def pause(name: str) -> Change:
    return lambda rules: rules[name].update(status="paused")


def actions(turns: Sequence[Turn]) -> list[str]:
    return sorted(a.id for turn in turns if turn.decision for a in turn.decision.actions)


def test_the_live_catalogue_does_again_what_it_did() -> None:
    past = a_past(sign_up("ann"), complaint("ann"), shop("cart.left", "ann"), sign_up("bernd"))
    for records in past:
        turns, _ = what_if(pause("welcome"))(records)
        done = sorted(a.id for r in records for d in r.episode.decisions for a in d.actions)
        assert actions(turns) == done != []


def test_events_that_the_hub_caused_itself_do_not_come_again() -> None:
    [records] = a_past(sign_up("ann"), shop("cart.left", "ann"))
    came = [event.type for record in records for event in record.episode.events]
    assert {"action.delivered", "cart.reminder_due"} <= set(came)
    outside = [event.type for _, event in select_external_events(records)]
    assert outside == ["customer.signed_up", "cart.abandoned"]


def test_a_wait_that_began_before_the_window_ends_in_it() -> None:
    [records] = a_past(sign_up("ann"), shop("cart.left", "ann"))
    began = max(i for i, r in enumerate(records) if any(d.timers for d in r.episode.decisions))
    turns, _ = what_if(pause("welcome"))(records[began + 1 :])
    assert "cart.reminder_due" in {turn.event.type for turn in turns}
    assert actions(turns) != []


def test_a_message_is_lost_with_its_rule() -> None:
    result = compare(a_past(sign_up("ann"), sign_up("bernd")), pause("welcome")).to_dict()
    assert (result["customers"], result["customers_touched"], result["events"]) == (2, 2, 2)
    lost = {"live": 2, "draft": 0, "gained": 0, "lost": 2}
    assert result["messages"]["rule"] == {"welcome": lost}
    assert result["messages"]["channel"] == {"email": lost}


def test_a_message_that_another_rule_sends_is_not_lost_to_its_channel() -> None:
    def renamed(rules: dict[str, Any]) -> None:
        rules["hello"] = {**rules.pop("welcome"), "rule_id": "hello"}

    result = compare(a_past(sign_up("ann")), renamed).to_dict()
    assert result["messages"]["rule"]["hello"]["gained"] == 1
    assert result["messages"]["rule"]["welcome"]["lost"] == 1
    assert result["messages"]["channel"]["email"] == {"live": 1, "draft": 1, "gained": 0, "lost": 0}


def test_waits_are_those_of_the_draft_and_end_in_its_own_time() -> None:
    def patient(rules: dict[str, Any]) -> None:
        rules["cart-left"]["then"][0]["for"] = "2h"

    past = a_past(sign_up("ann"), shop("cart.left", "ann"), shop("order.paid", "ann"))
    result = compare(past, patient)
    assert result.to_dict()["messages"]["rule"]["cart-reminder"] == {
        "live": 1,
        "draft": 0,
        "gained": 0,
        "lost": 1,
    }


def test_nothing_happens_after_the_end() -> None:
    [records] = a_past(sign_up("ann"), shop("cart.left", "ann"))
    left = next(
        episode.decided_at
        for episode, event in select_external_events(records)
        if event.type == "cart.abandoned"
    )
    turns, _ = what_if(pause("welcome"), until=left + timedelta(seconds=14))(records)
    assert "cart.reminder_due" not in {turn.event.type for turn in turns}


def test_a_draft_may_answer_what_its_own_message_causes() -> None:
    def thankful(rules: dict[str, Any]) -> None:
        rules["after"] = {
            "rule_id": "after",
            "strategy": "after",
            "event": "action.delivered",
            "status": "live",
            "when": "event.rule_id == 'welcome'",
            "then": [{"do": "append", "dataset": "welcomed"}],
        }

    result = compare(a_past(sign_up("ann")), thankful).to_dict()
    assert result["messages"]["rule"]["after"]["gained"] == 1


def test_calls_are_counted_by_queue_and_fullest_hour() -> None:
    past = a_past(*(sign_up(who, tier="Gold") for who in ("ann", "bernd")))
    more = a_past(
        *(sign_up(who, tier="Gold") for who in ("ann", "bernd")),
        complaint("ann"),
        complaint("bernd"),
    )
    assert compare(past, pause("welcome")).to_dict()["calls"] == {"live": {}, "draft": {}}
    calls = compare(more, pause("complaint-gold")).to_dict()["calls"]
    assert calls == {"live": {"retention": {"calls": 2, "most_an_hour": 1}}, "draft": {}}


def test_customers_whom_a_gate_holds_back_are_counted_once_each_with_the_reason() -> None:
    past = a_past(sign_up("ann", consent=False), complaint("ann"), sign_up("bernd", consent=False))
    result = compare(past, pause("welcome")).to_dict()
    assert result["customers_held_back"] == {"live": 2, "draft": 1}
    assert sum(counts["live"] for counts in result["held_back"].values()) == 3
    assert all("consent" in reason for reason in result["held_back"])


def test_an_example_names_the_customer_and_both_sentences() -> None:
    [example] = compare(a_past(sign_up("ann")), pause("welcome")).examples.choose()
    assert example.name == "Ann"
    assert example.event == "customer.signed_up"
    assert "welcome" in example.before
    assert example.before != example.after


def test_an_example_of_an_event_that_only_one_of_them_causes_says_so() -> None:
    past = a_past(sign_up("ann"), shop("cart.left", "ann"))
    [example] = compare(past, pause("cart-left")).examples.choose()
    assert example.event == "cart.reminder_due"
    assert example.after == MISSING_EVENT


def test_there_is_one_example_of_every_kind_before_there_are_two_of_any() -> None:
    def fewer(rules: dict[str, Any]) -> None:
        rules["welcome"]["when"] = "customer.person.first_name == 'Bernd'"
        rules["complaint-other"]["status"] = "paused"

    past = a_past(*(sign_up(f"ann{n}") for n in range(12)), sign_up("bernd"), complaint("bernd"))
    chosen = compare(past, fewer).examples.choose()
    assert len(chosen) == 10
    assert [example.event for example in chosen].count("complaint.filed") == 1


def test_the_same_rows_change_nothing() -> None:
    past = a_past(sign_up("ann"), shop("cart.left", "ann"), complaint("ann"))
    result = compare(past, lambda _: None)
    assert (result.touched, +result.gained, +result.lost) == (0, {}, {})
    assert result.live == result.draft
    assert result.examples.choose() == []


def test_surroundings_are_those_of_the_time() -> None:
    [records] = a_past(sign_up("ann"))
    names: list[str] = []

    def find_surroundings(name: str) -> Any:
        names.append(name)
        return NO_SURROUNDINGS

    catalogue = Catalogue.from_snapshot(retail_snapshot())
    outcome = an_event("action.delivered", "o", properties={"channel": "email"})
    environment = SimulationEnvironment(
        find_surroundings, lambda _action, _at: outcome, lambda c: c, END
    )
    assert len(list(simulate_customer(records, catalogue, environment))) == len(names)
    assert set(names) == {records[0].episode.surroundings}
