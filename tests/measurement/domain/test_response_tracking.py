"""Responses: tied to the message they answer, marked on its decision, missed when none comes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import DecisionResult, decide
from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.carry_out_actions import build_outcome_event
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.factories import NOON, a_customer, an_event, later

TEMPLATE = {
    "template_id": "beans",
    "purpose": "marketing",
    "email": {"en": {"subject": "Beans", "text": "Beans!"}},
}
SEND = {"do": "send", "channel": "email", "template": "beans", "answer_within": "3d"}


def a_rule(rule_id: str, event: str, *then: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule_id": rule_id,
        "strategy": rule_id,
        "event": event,
        "audience": "everybody",
        "then": list(then),
        "status": "live",
    }


def a_catalogue(*rules: Mapping[str, Any], **said: Any) -> Catalogue:
    send = {**SEND, **said}
    asked = [a_rule("ask", "page.viewed", send), *rules]
    rows = {"rules": {rule["rule_id"]: rule for rule in asked}, "templates": {"beans": TEMPLATE}}
    return Catalogue.from_snapshot({"number": 1, "rows": rows})


class Told:
    """A customer who was sent a message, and what came after."""

    def __init__(self, *rules: Mapping[str, Any], **said: Any) -> None:
        self.catalogue = a_catalogue(*rules, **said)
        self.customer: Customer = a_customer()
        (decision,) = self.hears(an_event()).decisions
        (self.action,) = decision.actions
        (delivered,) = self.hears(ended(self.action, ActionStatus.DELIVERED)).decisions
        (self.timer,) = delivered.timers

    def hears(self, *events: Event, now: datetime = NOON) -> DecisionResult:
        verdict = decide(events, self.customer, self.catalogue, NO_SURROUNDINGS, now, "s")
        self.customer = verdict.customer
        return verdict

    def answer(self, event_type: str, **said: Any) -> Event:
        trace = {"trace": self.action.trace.to_dict()}
        return an_event(
            event_type, "answer", occurred_at=later(hours=1), properties=said, context=trace
        )

    def times_out(self) -> list[Mapping[str, Any]]:
        verdict = self.hears(Event.from_dict(self.timer.event), now=self.timer.due_at)
        return [event for decision in verdict.decisions for event in decision.emitted]


def ended(action: Action, status: ActionStatus) -> Event:
    return build_outcome_event(action, LedgerEntry(status, NOON), NOON)


def test_a_message_that_nobody_answers_is_missed() -> None:
    told = Told()
    assert told.timer.due_at == later(days=3)
    (missing,) = told.times_out()
    assert missing["type"] == "response.missing"
    assert missing["customer_id"] == "c-1"
    said = missing["properties"]
    assert (said["rule_id"], said["channel"], said["decision_id"]) == (
        "ask",
        "email",
        told.action.decision_id,
    )
    assert not told.customer.contact_history.awaiting


@pytest.mark.parametrize(
    ("event_type", "said", "is_one"),
    [
        ("email.clicked", {}, True),
        ("message.received", {"text": "yes"}, True),
        ("offer.dismissed", {}, True),
        ("call.completed", {"outcome": "declined"}, True),
        ("email.unsubscribed", {}, True),
        ("call.completed", {"outcome": "no_answer"}, False),
        ("email.opened", {}, False),
        ("email.delivered", {}, False),
        ("email.failed", {}, False),
    ],
)
def test_what_is_a_response_and_what_is_none(
    event_type: str, said: Mapping[str, Any], is_one: bool
) -> None:
    told = Told()
    told.hears(told.answer(event_type, **said))
    assert bool(told.times_out()) is not is_one


def test_doing_what_the_message_is_for_answers_it() -> None:
    told = Told(goal="order.completed")
    said = {"order": "o-1", "amount": 100, "currency": "GBP"}
    told.hears(an_event("order.completed", "o-1", occurred_at=later(hours=1), properties=said))
    assert told.times_out() == []


@pytest.mark.parametrize(
    ("event_type", "said", "word"),
    [
        ("email.opened", {}, "reviewed"),
        ("email.opened", {"by_machine": True}, None),
        ("email.delivered", {}, None),
        ("message.received", {"asks": "STOP"}, "discarded"),
        ("email.complained", {}, "discarded"),
        ("call.completed", {"outcome": "reached"}, "reviewed"),
        ("call.completed", {"outcome": "declined"}, "discarded"),
        ("offer.accepted", {"offer": "beans"}, "converted"),
    ],
)
def test_what_became_of_a_decision_is_marked_on_it(
    event_type: str, said: Mapping[str, Any], word: str | None
) -> None:
    told = Told()
    (decision,) = told.hears(told.answer(event_type, **said)).decisions
    marks = [(mark.trace, mark.kind, mark.at) for mark in decision.marks]
    assert marks == ([(told.action.trace, word, later(hours=1))] if word else [])
    assert decision.emitted == ()


def test_rules_that_listen_are_told_so_that_they_can_write_it_into_the_crm() -> None:
    told = Told(a_rule("crm", "decision.reviewed", {"do": "append", "dataset": "history"}))
    (decision,) = told.hears(told.answer("email.opened")).decisions
    (reviewed,) = decision.emitted
    assert reviewed["type"] == "decision.reviewed"
    verdict = told.hears(Event.from_dict(reviewed), Event.from_dict(reviewed))
    ((record,),) = [d.actions for d in verdict.decisions]
    assert record.event["properties"]["rule_id"] == "ask"


def test_a_response_window_is_never_longer_remembered_than_fifty_messages() -> None:
    told = Told()
    told.hears(*(an_event(event_id=f"e-{n}") for n in range(60)))
    assert len(told.customer.contact_history.awaiting) == 50
