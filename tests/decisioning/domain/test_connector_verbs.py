"""`update` and `notify`: what the guard says of them, and what a decision makes of them."""

from dataclasses import replace
from typing import Any

import pytest

from hub.catalogue.domain.rule import rule_from_row
from hub.catalogue.domain.verbs.update import UpdateSystem
from hub.contact_policy.domain.contactability import take_last_look
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.wiring import wire_row_check
from hub.simulation.domain.what_if.turn_summary import list_dimensions
from tests.decisioning.domain.test_decide import a_rule, decided
from tests.factories import NOON, a_customer, an_event

CHECK = wire_row_check()
TASK: dict[str, Any] = {
    "do": "update",
    "connector": "salesforce",
    "operation": "create_task",
    "fields": {"Subject": "Call {{ customer.person.first_name }}", "Priority": "High"},
}
HOOK: dict[str, Any] = {
    "do": "notify",
    "connector": "webhook",
    "fields": {"type": "vip.left", "amount": 12.5},
}
INVITE: dict[str, Any] = {
    "do": "notify",
    "connector": "surveymonkey",
    "channel": "email",
    "purpose": "marketing",
    "fields": {"collector": "99", "subject": "How was it?", "text": "[SurveyLink]"},
}


def problems(verb: dict[str, Any]) -> list[str]:
    row = a_rule("r", "page.viewed", then=[verb], audience="everybody")
    return CHECK("rules", row)


@pytest.mark.parametrize("verb", [TASK, HOOK, INVITE])
def test_what_a_system_takes_is_taken(verb: dict[str, Any]) -> None:
    assert problems(verb) == []


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (
            {**TASK, "connector": "salesfroce"},
            "there is no connector 'salesfroce': did you mean salesforce?",
        ),
        (
            {**TASK, "operation": "create_tsk"},
            "no operation 'create_tsk' (upsert_contact, create_task): did you mean create_task?",
        ),
        (
            {key: word for key, word in TASK.items() if key != "operation"},
            "operation is missing: salesforce has upsert_contact, create_task",
        ),
        ({**TASK, "fields": {"Priority": "High"}}, "fields.Subject is missing"),
        (
            {**TASK, "fields": {"Subject": "x", "Priority": "Hihg"}},
            "fields.Priority 'Hihg' is not one of High, Normal, Low: did you mean High?",
        ),
        (
            {**TASK, "fields": {"Subject": "x" * 256}},
            "has 256 characters: 255 at most",
        ),
        (
            {**INVITE, "fields": {**INVITE["fields"], "colector": "1"}},
            "there is no field 'colector': did you mean collector?",
        ),
        ({**TASK, "fields": {"Subject": "{{ customer."}}, "fields.Subject "),
        (
            {**HOOK, "connector": "whatsapp"},
            "whatsapp is how the channel whatsapp is spoken on: send a template there",
        ),
        (
            {key: word for key, word in INVITE.items() if key != "channel"},
            "surveymonkey writes to people: channel email is wanted",
        ),
        (
            {key: word for key, word in INVITE.items() if key != "purpose"},
            "surveymonkey writes to people: purpose is wanted, marketing or service",
        ),
        ({**HOOK, "channel": "email"}, "webhook reaches nobody by email: leave channel out"),
        ({**HOOK, "fields": ["a"]}, "must be a map of texts, numbers, true or false"),
        ({**HOOK, "field": {}}, "there is no word 'field': did you mean fields?"),
        ({"do": "notify"}, "connector is missing"),
        ({**HOOK, "purpose": "fun"}, "purpose 'fun' is not one of marketing, service"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_was_meant(
    verb: dict[str, Any], said: str
) -> None:
    found = problems(verb)
    assert any(said in problem for problem in found), found
    assert all(problem.startswith("then[1]") for problem in found)


def test_a_system_is_told_without_anybodys_consent() -> None:
    rule = a_rule("r", "page.viewed", then=[TASK, HOOK])
    decision = decided(an_event(), a_customer(consent=False), rule)
    assert [action.channel for action in decision.actions] == ["connector", "connector"]
    assert decision.actions[0].what.to_dict()["fields"] == TASK["fields"]
    told = decision.receipt["choices"]
    assert [(choice["do"], choice["what"]) for choice in told] == [
        ("update", "salesforce create_task"),
        ("notify", "webhook"),
    ]
    assert [choice["made"] for choice in told] == [action.id for action in decision.actions]
    assert take_last_look(a_customer(consent=False), decision.actions[0], NOON) is None


def test_a_system_that_writes_to_people_asks_for_their_consent_twice() -> None:
    rule = a_rule("r", "page.viewed", then=[INVITE])
    assert decided(an_event(), a_customer(consent=False), rule).actions == ()
    [choice] = decided(an_event(), a_customer(consent=False), rule).receipt["choices"]
    assert choice["gate"] == "no consent to marketing messages by email"
    [action] = decided(an_event(), a_customer(), rule).actions
    assert action.address == "ann@example.com"
    assert take_last_look(a_customer(), action, NOON) is None
    assert take_last_look(a_customer(consent=False), action, NOON) is not None
    moved = replace(a_customer(), contact={"email": "new@example.com"})
    assert take_last_look(moved, action, NOON) == "the address is no longer theirs"


def test_who_cannot_be_reached_is_not_asked_for() -> None:
    rule = a_rule("r", "page.viewed", then=[INVITE])
    [choice] = decided(an_event(), a_customer(contact={}), rule).receipt["choices"]
    assert choice["gate"] == "no contact.email is known"


def test_it_is_worth_doing_for_as_long_as_the_verb_says() -> None:
    rule = a_rule("r", "page.viewed", then=[{**HOOK, "expires": "2h"}])
    [action] = decided(an_event(), a_customer(), rule).actions
    assert (action.expires_at - NOON).total_seconds() == 7200


def test_what_systems_would_be_asked_is_counted_by_connector() -> None:
    rule = a_rule("r", "page.viewed", then=[TASK])
    [action] = decided(an_event(), a_customer(), rule).actions
    assert ("connector", "salesforce") in set(list_dimensions(action))


def test_older_rows_are_read_without_connectors() -> None:
    row = a_rule("r", "page.viewed", then=[{**TASK, "connector": "gone"}], audience="everybody")
    [verb] = rule_from_row(row, FieldTypes()).then
    assert isinstance(verb, UpdateSystem)
    assert verb.connector == "gone"
