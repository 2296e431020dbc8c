"""The account of events and actions: each has one end, however often it was sent, set or queued."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.identity.domain.merge_record import MERGED
from hub.model.decision import Decision, Timer
from hub.model.postponed_action import POSTPONED, RESUMED
from tests.factories import NOON, an_event
from tests.records import a_decision, an_action, an_episode
from tools.day.conservation import Conservation
from tools.segue.balance import CHANNELS, Balance, HubRecords, count_ends

ACCEPTED = {"shop": 1}


def stored(*decisions: Decision) -> list[dict[str, Any]]:
    """As the decisions table has them."""
    return [
        {
            "source": decision.source,
            "event_type": decision.event_type,
            "record": json.dumps(decision.to_dict()),
        }
        for decision in decisions
    ]


def decided(event_id: str, event_type: str = "page.viewed", source: str = "segue") -> Decision:
    return a_decision(f"d-{event_id}", event_id=event_id, event_type=event_type, source=source)


FIRST = a_decision(event_id="shop:1", actions=(an_action(),))


def a_line(status: str, action: str = "a-1", **more: str) -> dict[str, Any]:
    return {"action_id": action, "status": status, **more}


def parked(delivery: str, status: str = "parked", source: str = "shop") -> dict[str, Any]:
    return {"source": source, "delivery_id": delivery, "status": status}


def account(
    *decisions: Decision,
    accepted: Mapping[str, int] = ACCEPTED,
    letters: Mapping[str, list[Any]] | None = None,
    **records: Any,
) -> Conservation:
    texts = {
        name: [json.dumps(body) for body in bodies] for name, bodies in (letters or {}).items()
    }
    given: dict[str, Any] = {
        "letters": texts,
        "dead": {name: len(bodies) for name, bodies in texts.items()},
        **records,
    }
    balance = count_ends(HubRecords(decisions=stored(*decisions), **given), NOON)
    return Conservation(accepted, balance)


def a_wait(event_id: str, due_in: timedelta, event_type: str = "wait.over", **given: Any) -> Timer:
    event = an_event(event_type, event_id, source="segue", **given)
    return Timer(id=event_id, customer_id="c-1", due_at=NOON + due_in, event=event.to_dict())


HOUR = timedelta(hours=1)


def test_an_event_is_decided_recorded_or_parked_and_an_action_has_an_end() -> None:
    sums = account(
        FIRST,
        decided("a-1.delivered"),
        accepted={"shop": 2, "stock": 1},
        facts=[{"name": "stock:1", "source": "stock"}],
        parked=[parked("2")],
        ledger=[a_line("delivered")],
    )
    assert sums.events == {
        "segue": (1, 1, 0, 0, 0, 0),
        "shop": (2, 1, 0, 1, 0, 0),
        "stock": (1, 0, 1, 0, 0, 0),
    }
    assert sums.holds


@pytest.mark.parametrize(
    ("decisions", "records"),
    [
        ([], {}),
        ([FIRST, FIRST, decided("a-1.delivered")], {"ledger": [a_line("delivered")]}),
        ([FIRST], {"ledger": [a_line("delivered")]}),
        ([FIRST, decided("a-1.delivered"), decided("x")], {"ledger": [a_line("delivered")]}),
        ([FIRST], {}),
        ([FIRST], {"ledger": [a_line("attempted")]}),
        ([FIRST], {"ledger": [a_line("postponed")]}),
        ([replace(FIRST, actions=(), timers=(a_wait("w", -HOUR),))], {}),
        ([replace(FIRST, actions=(), emitted=(an_event(event_id="v-1").to_dict(),))], {}),
    ],
)
def test_what_is_lost_made_up_or_decided_twice_breaks_the_account(
    decisions: list[Decision], records: dict[str, Any]
) -> None:
    assert not account(*decisions, **records).holds


def test_a_delivery_that_is_parked_twice_is_one() -> None:
    twice = [parked("1"), parked("1")]
    assert account(parked=twice).holds
    assert account(parked=[*twice, parked("1", "replaying")]).holds


def test_a_parked_delivery_that_was_decided_another_time_is_not_parked() -> None:
    decision = decided("shop:1", source="shop")
    assert account(decision, parked=[parked("1"), parked("1", "replayed")]).holds


def test_an_unknown_action_that_is_settled_by_hand_has_two_outcomes() -> None:
    line = a_line("delivered", settled_from="unknown")
    outcomes = decided("a-1.unknown"), decided("a-1.delivered")
    sums = account(FIRST, *outcomes, ledger=[line])
    assert sums.holds
    assert sums.after.actions["outcomes"] == 2


def test_a_message_put_off_for_quiet_hours_waits_until_they_end() -> None:
    put_off = decided("a-1.postponed.2026-11-23T07:00:00Z", POSTPONED)
    wait = a_wait("a-1.w", HOUR, RESUMED, properties={"action": an_action().to_dict()})
    waiting = FIRST, replace(put_off, timers=(wait,))
    sums = account(*waiting, ledger=[a_line("postponed")])
    assert sums.holds
    assert (sums.after.actions["postponed"], sums.after.waiting) == (1, {"segue": 1})
    assert sums.after.is_settled
    resumed = decided("a-1.w", RESUMED)
    ended = account(*waiting, resumed, decided("a-1.delivered"), ledger=[a_line("delivered")])
    assert ended.holds
    assert ended.after.actions["postponed"] == 0


def test_a_put_off_message_whose_event_is_lost_is_missed_at_once() -> None:
    assert not account(FIRST, ledger=[a_line("postponed")]).holds


def test_a_message_whose_resumption_is_a_dead_letter_is_dead() -> None:
    action = {"action": an_action().to_dict()}
    event = an_event(POSTPONED, "a-1.postponed.x", source="segue", properties=action)
    envelope = {"source": "segue.outcome", "detail": event.to_dict()}
    sums = account(FIRST, ledger=[a_line("postponed")], letters={"events": [envelope]})
    assert sums.holds
    assert sums.after.actions["dead_lettered"] == 1
    assert sums.after.dead_events == {"segue": 1}


def test_a_wait_that_is_set_twice_ends_once() -> None:
    """As the wait for a response is, when an unknown message turns out to be delivered."""
    first, second = a_wait("w", HOUR), a_wait("w", 2 * HOUR)
    timers = replace(FIRST, actions=(), timers=(first,)), decided("o", source="x")
    sums = account(timers[0], replace(timers[1], timers=(second,)), accepted={"shop": 1, "x": 1})
    assert sums.after.waiting == {"segue": 1}
    assert sums.holds


def test_an_event_that_is_emitted_twice_under_one_id_is_one() -> None:
    """As `decision.converted` is with the second sale."""
    emitted = (an_event(event_id="a-1.converted").to_dict(),)
    made = replace(FIRST, actions=(), emitted=emitted)
    again = replace(made, id="d-2", event_id="shop:2")
    assert account(made, again, decided("a-1.converted"), accepted={"shop": 2}).holds


@pytest.mark.parametrize(
    ("event_id", "event_type", "source"),
    [
        ("m", MERGED, "segue"),
        ("by-hand-1", "customer.erased", "segue"),
        ("shop:1.refusal.c-2", "customer.updated", "segue"),
        ("calendar:birthday:1", "birthday.reached", "calendar"),
    ],
)
def test_events_that_the_hub_makes_of_its_own_never_came_in(
    event_id: str, event_type: str, source: str
) -> None:
    event = decided(event_id, event_type, source)
    assert account(event, accepted={}).holds
    letter = an_event(event_type, event_id, source=source).to_dict()
    assert account(accepted={}, letters={"customer": [letter]}).holds
    assert not account(event, event, accepted={}).holds


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_action_among_the_dead_letters_of_its_channel_is_dead_once(channel: str) -> None:
    letters = {channel: [an_action().to_dict()] * 2}
    sums = account(FIRST, ledger=[a_line("postponed")], letters=letters)
    assert sums.holds
    assert (sums.after.actions["dead_lettered"], sums.after.actions["pending"]) == (1, 0)


def test_an_action_that_was_done_is_not_dead_for_a_letter_that_is_left() -> None:
    letters = {"email": [an_action().to_dict()]}
    done = account(FIRST, decided("a-1.delivered"), ledger=[a_line("delivered")], letters=letters)
    assert done.holds
    assert done.after.actions["dead_lettered"] == 0


def test_an_action_that_was_done_and_whose_outcome_was_not_published_is_in_its_letter() -> None:
    letters = {"email": [an_action().to_dict()]}
    sums = account(FIRST, ledger=[a_line("delivered")], letters=letters)
    assert sums.holds
    assert sums.after.dead_events == {"segue": 1}


PAYLOAD = {"source": "segue.raw", "detail": {"source": "shop", "id": "1"}}
EVENT = an_event(event_id="shop:1").to_dict()


@pytest.mark.parametrize(
    "letters",
    [
        {"events": [PAYLOAD]},
        {"events": [PAYLOAD, PAYLOAD]},
        {"customer": [EVENT]},
        {"events": [PAYLOAD], "customer": [EVENT]},
        {"dispatch": [{"episode": an_episode(FIRST).to_dict()}]},
        {
            "customer-stream": [
                {
                    "records": [
                        {
                            "dynamodb": {
                                "SequenceNumber": "1",
                                "NewImage": {
                                    "customer_id": {"S": "c-1"},
                                    "outbox": {"S": json.dumps(an_episode(FIRST).to_dict())},
                                },
                            }
                        }
                    ]
                }
            ]
        },
    ],
)
def test_an_event_that_nobody_decided_is_dead_once_wherever_its_letters_are(
    letters: dict[str, list[Any]],
) -> None:
    sums = account(letters=letters)
    assert sums.holds
    assert sums.after.dead_events == {"shop": 1}
    decision = decided("shop:1", source="shop")
    after = account(decision, letters={n: b for n, b in letters.items() if n != "dispatch"})
    assert after.holds
    assert not after.after.dead_events


def test_an_outbox_of_which_only_the_decision_was_saved_takes_the_rest_with_it() -> None:
    decision = replace(
        FIRST,
        timers=(a_wait("w", HOUR),),
        emitted=(an_event(event_id="v-1", source="segue").to_dict(),),
    )
    sums = account(decision, letters={"dispatch": [{"episode": an_episode(decision).to_dict()}]})
    assert sums.holds
    assert sums.after.dead_events == {"segue": 2}
    assert sums.after.actions["dead_lettered"] == 1


def test_letters_that_are_no_end_do_not_count() -> None:
    """A decision for the learner, a tick, a file: their events are decided, or none came in."""
    decision = decided("shop:1", source="shop")
    tick: dict[str, Any] = {"detail-type": "Scheduled Event"}
    letters: dict[str, list[Any]] = {
        "learn": [{"detail": FIRST.to_dict()}],
        "reports": [tick],
        "letter": [tick],
    }
    assert account(decision, letters=letters).holds


def test_what_nobody_can_read_is_no_end_of_anything() -> None:
    bodies = ["this is not JSON", "[]", '{"detail": {}}', '{"detail": null}']
    records = HubRecords(letters={"events": bodies}, dead={"events": len(bodies)})
    assert Conservation({}, count_ends(records, NOON)).holds
    assert not Conservation(ACCEPTED, count_ends(records, NOON)).holds


def test_letters_that_a_queue_did_not_show_may_hold_what_is_missing() -> None:
    records = HubRecords(letters={"customer": []}, dead={"customer": 1})
    assert Conservation(ACCEPTED, count_ends(records, NOON)).holds
    assert not Conservation({"shop": 2}, count_ends(records, NOON)).holds


def test_lines_that_outlive_their_decision_are_not_in_the_account() -> None:
    assert account(accepted={}, ledger=[a_line("delivered")]).holds


def test_what_was_there_before_does_not_count() -> None:
    before = account(parked=[parked("1")]).after
    after = account(decided("shop:1", source="shop"), parked=[parked("1", "replayed")]).after
    assert Conservation({}, after, before).holds
    assert not Conservation(ACCEPTED, after, before).holds


def test_the_balance_as_json_has_every_count() -> None:
    told = account(FIRST).after.to_dict()
    assert told.keys() == {*Balance.__slots__, "settled"}
    assert told["actions"]["pending"] == 1
    assert told["settled"] is False
    assert Counter(told["decided"]) == {"shop": 1}
