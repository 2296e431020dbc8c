"""What is decided about one event of one customer by some rules, and what the receipt says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.domain.contactability import take_last_look
from hub.decisioning.domain.decide import DecisionResult, decide
from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.carry_out_actions import build_outcome_event
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import MAX_HOPS, Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.factories import NOON, a_customer, an_event, later

GOLD = {"tier": "gold"}

AROUND = (NO_SURROUNDINGS, NOON, "seed")


def a_rule(rule_id: str, event: str, **row: Any) -> dict[str, Any]:
    return {"rule_id": rule_id, "strategy": "s", "event": event, "status": "live", **row}


def a_catalogue(*rules: dict[str, Any]) -> Catalogue:
    letter = {
        "template_id": "letter",
        "purpose": "marketing",
        "default_language": "en",
        "email": {"en": {"subject": "Hello", "text": "Hello"}},
        "call": {"en": {"script": "Hello"}},
    }
    rows = {"rules": {rule["rule_id"]: rule for rule in rules}, "templates": {"letter": letter}}
    return Catalogue.from_snapshot({"number": 7, "rows": rows, "running": {}})


def decide_on(event: Event, customer: Customer, *rules: dict[str, Any]) -> Decision:
    result = decide([event], customer, a_catalogue(*rules), *AROUND)
    return result.decisions[0]


SEND = [{"do": "send", "channel": "email", "template": "letter"}]
CALL = [{"do": "call", "queue": "retention", "template": "letter", "reason": "complaint"}]
WAIT = [{"do": "wait", "for": "2h", "then": "cart.reminder_due"}]


def test_a_gold_customer_who_complains_is_called() -> None:
    rules = (
        a_rule("gold", "complaint.filed", when="customer.loyalty.tier == 'gold'", then=CALL),
        a_rule("rest", "complaint.filed", when="not customer.loyalty.tier == 'gold'", then=SEND),
    )
    gold = decide_on(an_event("complaint.filed"), a_customer(loyalty=GOLD), *rules)
    assert [a.channel for a in gold.actions] == ["call"]
    rest = decide_on(an_event("complaint.filed"), a_customer(), *rules)
    assert [a.channel for a in rest.actions] == ["email"]


PAID = {"order": "o-1", "amount": 1200, "currency": "GBP"}


@given(st.permutations(["e-1", "e-2", "e-3"]), st.integers(0, 2), st.booleans())
def test_an_order_that_comes_under_other_ids_starts_its_rules_once(
    ids: list[str], apart: int, is_dearer: bool
) -> None:
    """Each in a batch of its own or all in one, with the same amount or another."""
    catalogue = a_catalogue(
        a_rule("thanks", "order.completed", then=SEND, move_to="bought"),
        a_rule("second", "order.completed", when="count('order.completed') == 2", then=CALL),
    )
    events = [
        an_event(
            "order.completed",
            name,
            occurred_at=later(minutes=number * apart),
            properties=PAID | ({"amount": 1200 + number} if is_dearer else {}),
        )
        for number, name in enumerate(ids)
    ]
    customer, decisions = a_customer(), list[Decision]()
    for batch in [[event] for event in events] if apart else [events]:
        verdict = decide(batch, customer, catalogue, *AROUND)
        customer, decisions = verdict.customer, [*decisions, *verdict.decisions]
    assert [len(decision.actions) for decision in decisions] == [1, 0, 0]
    assert [decision.receipt.get("repeat", False) for decision in decisions] == [False, True, True]
    assert decisions[1].receipt["sentence"] == (
        "On order.completed: it came before under another event id, so no rule starts."
    )
    assert customer.purchases["count"] == 1
    assert customer.purchases["spent"] == {"GBP": 1202 if is_dearer else 1200}


def test_a_repeat_reaches_no_goal_and_answers_nothing() -> None:
    """What was sent after an order waits for the next one."""
    row = {"do": "send", "channel": "email", "template": "letter"}
    rules = [
        a_rule(
            "ask", "page.viewed", then=[{**row, "goal": "order.completed", "answer_within": "2d"}]
        )
    ]
    catalogue = a_catalogue(*rules)
    first = an_event("order.completed", "e-1", properties=PAID)
    page = an_event("page.viewed", "e-2", occurred_at=later(hours=1))
    again = an_event("order.completed", "e-3", occurred_at=later(hours=2), properties=PAID)
    verdict = decide([first, page], a_customer(), catalogue, *AROUND)
    assert verdict.customer.contact_history.awaiting
    after = decide([again], verdict.customer, catalogue, *AROUND)
    assert after.customer.contact_history == verdict.customer.contact_history


def test_a_repeat_tells_who_the_customer_is_all_the_same() -> None:
    first = an_event("order.completed", "e-1", properties=PAID)
    again = an_event(
        "order.completed", "e-2", properties=PAID, traits={"person": {"last_name": "Baker"}}
    )
    verdict = decide([first, again], a_customer(), a_catalogue(), *AROUND)
    assert verdict.customer.person == {"first_name": "Ann", "last_name": "Baker"}
    assert len(verdict.events) == 2


def test_an_event_decided_twice_gives_the_same_bytes() -> None:
    rule = a_rule("r", "page.viewed", then=[*SEND, *WAIT])
    first = decide_on(an_event(), a_customer(), rule)
    assert decide_on(an_event(), a_customer(), rule).to_dict() == first.to_dict()
    assert Decision.from_dict(first.to_dict()) == first


def test_a_repeated_event_is_not_decided_again() -> None:
    rule = a_rule("r", "page.viewed", then=SEND)
    result = decide(
        [an_event(), an_event()], a_customer(), a_catalogue(rule), NO_SURROUNDINGS, NOON, "seed"
    )
    assert len(result.decisions) == 1
    assert decide(
        [an_event()], result.customer, a_catalogue(rule), NO_SURROUNDINGS, NOON, "seed"
    ) == DecisionResult(result.customer, (), ())


@pytest.mark.parametrize("verbs", [SEND, CALL])
def test_without_consent_nothing_is_sent_and_the_receipt_says_so(verbs: Any) -> None:
    decision = decide_on(
        an_event(), a_customer(consent=False), a_rule("r", "page.viewed", then=verbs)
    )
    assert decision.actions == ()
    assert "no consent to marketing messages" in decision.receipt["choices"][0]["gate"]
    assert "no consent" in decision.receipt["sentence"]


def test_without_an_address_nothing_is_sent() -> None:
    unreachable = a_customer(contact={"language": "en"})
    decision = decide_on(an_event(), unreachable, a_rule("r", "page.viewed", then=SEND))
    assert decision.actions == ()
    assert decision.receipt["choices"][0]["gate"] == "no contact.email is known"


def test_a_wait_becomes_a_timer_that_ends_in_an_event_of_the_same_customer() -> None:
    event = an_event("cart.abandoned", properties={"url": "https://shop.example/cart"})
    (timer,) = decide_on(event, a_customer(), a_rule("r", "cart.abandoned", then=WAIT)).timers
    due = Event.from_dict(timer.event)
    assert timer.due_at == later(hours=2)
    assert (due.type, due.customer_id, due.hops) == ("cart.reminder_due", "c-1", 0)
    assert due.properties["url"] == "https://shop.example/cart"
    assert due.context["path"] == ("r",)


def test_a_rule_for_an_old_state_does_nothing_after_the_dialogue_moved() -> None:
    rules = (
        a_rule("left", "cart.abandoned", then=WAIT, move_to="waiting"),
        a_rule("bought", "order.completed", in_state="waiting", then=[], move_to="bought"),
        a_rule("remind", "cart.reminder_due", in_state="waiting", then=SEND),
    )
    events = [
        an_event("cart.abandoned", "1"),
        an_event("order.completed", "2", properties={"amount": 1, "currency": "GBP"}),
        an_event("cart.reminder_due", "3"),
    ]
    result = decide(events, a_customer(), a_catalogue(*rules), *AROUND)
    assert result.customer.dialogues["s"]["state"] == "bought"
    reminder = result.decisions[-1]
    assert reminder.actions == ()
    assert reminder.receipt["rules"][0]["saw"] == "'bought'"
    assert (
        "wanted the dialogue s in state 'waiting' but saw 'bought'" in reminder.receipt["sentence"]
    )


def test_the_rule_of_the_highest_priority_moves_the_dialogue() -> None:
    rules = (
        a_rule("low", "page.viewed", then=[], move_to="a", priority=1),
        a_rule("high", "page.viewed", then=[], move_to="b", priority=2),
    )
    assert decide_on(an_event(), a_customer(), *rules).receipt["moved"] == {"s": ["", "b"]}


def test_a_shadow_rule_is_recorded_and_does_nothing() -> None:
    decision = decide_on(
        an_event(), a_customer(), a_rule("r", "page.viewed", then=SEND, status="shadow")
    )
    assert decision.actions == ()
    assert decision.receipt["rules"] == [{"rule": "r", "matched": True, "shadow": True}]


@pytest.mark.parametrize(("starts", "ends"), [("2026-11-23", None), (None, "2026-11-21")])
def test_a_rule_acts_only_between_its_start_and_its_end(starts: Any, ends: Any) -> None:
    period = {k: v for k, v in {"starts": starts, "ends": ends}.items() if v}
    decision = decide_on(an_event(), a_customer(), a_rule("r", "page.viewed", then=SEND, **period))
    assert decision.actions == ()


def test_the_receipt_has_all_rules_that_matched_and_a_few_that_did_not() -> None:
    never = [a_rule(f"n{n:02}", "page.viewed", when="event.x == 1", then=SEND) for n in range(20)]
    always = [a_rule(f"a{n}", "page.viewed", then=[], move_to="x", priority=-1) for n in range(3)]
    receipt = decide_on(an_event(), a_customer(), *never, *always).receipt
    rule_ids = [rule["rule"] for rule in receipt["rules"]]
    assert rule_ids == ["a0", "a1", "a2", "n00", "n01", "n02"]
    assert receipt["more_rules"] == 17
    receipt = decide_on(an_event(), a_customer(), *never).receipt
    assert "rule n00 wanted event.x == 1 but saw missing (and 19 more" in receipt["sentence"]


def test_a_receipt_stays_small_however_many_rules_match() -> None:
    rules = [a_rule(f"r{n:02}", "page.viewed", then=[], move_to="x") for n in range(30)]
    receipt = decide_on(an_event(), a_customer(), *rules).receipt
    assert len(receipt["rules"]) == 12
    assert receipt["more_rules"] == 18


def test_the_receipt_says_that_no_rule_has_the_event_type() -> None:
    decision = decide_on(an_event(), a_customer())
    assert "no rule listens" in decision.receipt["sentence"]


def test_a_circle_of_rules_is_stopped_and_the_problem_names_them() -> None:
    """All of it: what each decision emits is decided next, until the hub refuses it."""
    rules = [
        a_rule("ping", "ball.served", then=[{"do": "emit", "event": "ball.returned"}]),
        a_rule("pong", "ball.returned", then=[{"do": "emit", "event": "ball.served"}]),
    ]
    event, customer, catalogue = an_event("ball.served"), a_customer(), a_catalogue(*rules)
    for _ in range(MAX_HOPS + 1):
        result = decide([event], customer, catalogue, *AROUND)
        customer, (emitted,) = result.customer, result.decisions[0].emitted
        event = Event.from_dict(emitted)
    with pytest.raises(Rejected, match=r"9 hops: .* ping > pong > ping"):
        decide([event], customer, catalogue, *AROUND)


def test_waits_of_a_long_series_use_up_no_hops() -> None:
    rule = a_rule("tick", "series.step", then=[{"do": "wait", "for": "1d", "then": "series.step"}])
    event, customer = an_event("series.step"), a_customer()
    for _ in range(3 * MAX_HOPS):
        result = decide([event], customer, a_catalogue(rule), *AROUND)
        customer, (timer,) = result.customer, result.decisions[0].timers
        event = Event.from_dict(timer.event)
    assert event.hops == 0


def test_the_outcome_of_a_message_is_recorded_after_any_number_of_hops_and_starts_no_rule() -> None:
    rules = [
        a_rule("say", "page.viewed", then=SEND),
        a_rule("again", "action.delivered", then=SEND),
    ]
    catalogue = a_catalogue(*rules)
    event = an_event(hops=MAX_HOPS, context={"path": ["again"]})
    result = decide([event], a_customer(), catalogue, *AROUND)
    (action,) = result.decisions[0].actions
    outcome = build_outcome_event(action, LedgerEntry(ActionStatus.DELIVERED, NOON), NOON)
    heard = decide(
        [Event.from_dict(outcome.to_dict())], result.customer, catalogue, *AROUND
    ).decisions[0]
    assert heard.actions == ()
    assert "9 hops: rules cause each other in a loop: again > say" in heard.receipt["sentence"]
    again = replace(outcome, id="another", hops=MAX_HOPS)
    assert decide([again], result.customer, catalogue, *AROUND).decisions[0].actions


def test_the_last_look_stops_an_action_that_is_no_longer_wanted() -> None:
    rule = a_rule("r", "page.viewed", then=SEND, move_to="sent")
    result = decide([an_event()], a_customer(), a_catalogue(rule), *AROUND)
    (action,), customer = result.decisions[0].actions, result.customer
    assert take_last_look(customer, action, NOON) is None
    moved_on = a_customer(dialogues={"s": {"state": "bought"}})
    assert "moved on to 'bought'" in str(take_last_look(moved_on, action, NOON))
    refused = a_customer(consent=False, dialogues=customer.dialogues)
    assert "no consent" in str(take_last_look(refused, action, NOON))
    assert "too late" in str(take_last_look(customer, action, NOON + timedelta(days=4)))
    assert "no longer known" in str(take_last_look(None, action, NOON))
