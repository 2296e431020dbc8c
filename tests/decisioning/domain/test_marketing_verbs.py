"""Whatever reaches a person passes every gate: a law over all verbs that a rule may use."""

from datetime import datetime
from typing import Any

import pytest

from hub.catalogue.domain.verbs import VERBS
from hub.contact_policy.domain.contactability import effective_channel
from hub.decisioning.domain.resume_action import resume_action
from hub.decisioning.domain.verbs import CANDIDATE_FINDERS, EXECUTORS
from hub.expression.domain import Scope
from hub.model.channels import CHANNELS
from hub.model.contact_history import NO_CONTACT_HISTORY
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.catalogues import a_catalogue, a_policy, a_rule, an_offer, decide_on
from tests.factories import NOON, a_customer, an_event, later
from tests.verb_entries import ENTRIES

NIGHT = NOON.replace(hour=23)
BY_CONNECTOR = {
    "connector": "surveymonkey",
    "channel": "email",
    "purpose": "marketing",
    "fields": {"text": "How was it?"},
}
MARKETING: dict[str, tuple[dict[str, Any], ...]] = {
    "send": ({"template": "letter", "channel": "email"},),
    "offer": ({"tag": "spring"},),
    "call": ({"queue": "sales", "template": "letter", "reason": "spring"},),
    "update": (BY_CONNECTOR,),
    "notify": (BY_CONNECTOR, {"connector": "webhook", "purpose": "marketing"}),
}
"""The entries by which each verb sends marketing."""
REACHES_NOBODY = {"append", "set", "wait", "emit", "suppress"}
ENTRIES_OF_MARKETING = [
    pytest.param({"do": do, **entry}, id=f"{do}-{entry.get('connector', 'message')}")
    for do, entries in MARKETING.items()
    for entry in entries
]
CLOSED: dict[str, list[dict[str, Any]]] = {
    "holdout": [a_policy("holdout", "control", percent=100)],
    "own holdout": [a_policy("holdout", "own", percent=100, strategy="r")],
    "cap": [a_policy("frequency_cap", "cap", most={"day": 1})],
    "suppression": [
        a_policy("suppression", "sad", when="customer.person.first_name == 'Ann'", reason="sad")
    ],
    "quiet hours": [a_policy("quiet_hours", "night", **{"from": "22:00", "to": "07:00"})],
}


def decide_verb(entry: dict[str, Any], *rows: dict[str, Any], **given: Any) -> Decision:
    return decide_twice(entry, *rows, **given)[1]


def decide_twice(
    entry: dict[str, Any], *rows: dict[str, Any], now: datetime = NOON, **given: Any
) -> tuple[Customer, Decision]:
    catalogue = a_catalogue(a_rule("r", entry), an_offer("beans"), *rows)
    return decide_on(
        catalogue, a_customer(**given), an_event(occurred_at=now, received_at=now), now=now
    )


def reach_people(actions: tuple[Action, ...]) -> bool:
    return any(effective_channel(action) in CHANNELS or action.what.purpose for action in actions)


def test_every_verb_reaches_people_or_nobody() -> None:
    assert MARKETING.keys() | REACHES_NOBODY == VERBS.keys()
    finders = {verb.do for verb in CANDIDATE_FINDERS}
    assert finders == MARKETING.keys()
    assert {verb.do for verb in EXECUTORS} >= VERBS.keys() - finders


@pytest.mark.parametrize("do", sorted(REACHES_NOBODY))
def test_a_verb_that_passes_no_gate_makes_no_action_for_a_person(do: str) -> None:
    assert not reach_people(decide_verb({"do": do, **ENTRIES[do]}).actions)


@pytest.mark.parametrize("entry", ENTRIES_OF_MARKETING)
def test_marketing_is_sent_if_no_gate_is_closed(entry: dict[str, Any]) -> None:
    [action] = decide_verb(entry, now=NIGHT).actions
    assert reach_people((action,))


@pytest.mark.parametrize("entry", ENTRIES_OF_MARKETING)
@pytest.mark.parametrize("gate", [*CLOSED])
def test_no_verb_sends_marketing_past_a_closed_gate(entry: dict[str, Any], gate: str) -> None:
    history = NO_CONTACT_HISTORY.record_contact(NIGHT, "email", action_id="a-1")
    given = {"contact_history": history} if gate == "cap" else {}
    assert decide_verb(entry, *CLOSED[gate], now=NIGHT, **given).actions == ()


@pytest.mark.parametrize("entry", ENTRIES_OF_MARKETING)
def test_no_verb_sends_marketing_about_a_suppressed_strategy(entry: dict[str, Any]) -> None:
    until = later(days=3)
    history = NO_CONTACT_HISTORY.suppress("strategy:r", until)
    assert decide_verb(entry, contact_history=history).actions == ()


@pytest.mark.parametrize("entry", ENTRIES_OF_MARKETING)
def test_of_marketing_one_rule_sends_whichever_its_verb(entry: dict[str, Any]) -> None:
    first = a_rule("a", {"do": "send", "template": "letter", "channel": "email"}, priority=1)
    [action] = decide_verb(entry, first).actions
    assert action.rule_id == "a"


@pytest.mark.parametrize("entry", ENTRIES_OF_MARKETING)
def test_marketing_by_any_verb_counts_for_caps_and_enrols(entry: dict[str, Any]) -> None:
    holdout = a_policy("holdout", "own", percent=0, strategy="r")
    customer, decision = decide_twice(entry, holdout, *CLOSED["cap"])
    assert [enrolment.experiment for enrolment in decision.enrolments] == ["own"]
    catalogue = a_catalogue(a_rule("r", entry), an_offer("beans"), *CLOSED["cap"])
    _, second = decide_on(catalogue, customer, an_event(event_id="e-2"))
    assert second.actions == ()


def test_a_call_of_a_connector_that_waits_for_the_morning_is_made_then() -> None:
    entry = {"do": "notify", **BY_CONNECTOR}
    catalogue = a_catalogue(a_rule("r", entry), *CLOSED["quiet hours"])
    customer, decision = decide_twice(entry, *CLOSED["quiet hours"], now=NIGHT)
    [timer] = decision.timers
    morning = Event.from_dict(timer.event)
    _, later_decision = decide_on(catalogue, customer, morning, now=timer.due_at)
    [action] = later_decision.actions
    assert (action.channel, action.address) == ("connector", "ann@example.com")
    assert [str(hours.start) for hours in action.quiet] == ["22:00:00"]


@pytest.mark.parametrize("entry", ENTRIES_OF_MARKETING)
@pytest.mark.parametrize("gate", ["suppression", "cap"])
def test_no_postponed_marketing_is_resumed_past_a_closed_gate(
    entry: dict[str, Any], gate: str
) -> None:
    customer, decision = decide_twice(entry)
    [action] = decision.actions
    if gate == "cap":
        history = customer.contact_history.record_contact(NOON, "email", action_id="a-1")
        customer = customer.with_contact_history(history)
    scope = Scope(an_event("action.resumed", "e-2"), customer, NOON, NO_SURROUNDINGS)
    catalogue = a_catalogue(a_rule("r", entry), an_offer("beans"))
    assert not resume_action(customer, action, scope, catalogue)[1].stop
    closed = a_catalogue(a_rule("r", entry), an_offer("beans"), *CLOSED[gate])
    assert resume_action(customer, action, scope, closed)[1].stop
