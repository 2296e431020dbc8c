"""How the publisher checks `update` and `notify`, and which actions a decision makes of them."""

from dataclasses import replace
from typing import Any

import pytest

from hub.catalogue.domain.rule import rule_from_row
from hub.catalogue.domain.verbs.update import UpdateSystem
from hub.contact_policy.domain.contactability import take_last_look
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.wiring import wire_row_check
from hub.simulation.domain.what_if.turn_summary import list_dimensions
from tests.decisioning.domain.test_decide import a_rule, decide_on
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


def find_problems(verb: dict[str, Any]) -> list[str]:
    row = a_rule("r", "page.viewed", then=[verb], audience="everybody")
    return CHECK("rules", row)


@pytest.mark.parametrize("verb", [TASK, HOOK, INVITE])
def test_a_verb_with_the_fields_of_its_connector_has_no_problem(verb: dict[str, Any]) -> None:
    assert find_problems(verb) == []


@pytest.mark.parametrize(
    ("verb", "expected"),
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
            {key: value for key, value in TASK.items() if key != "operation"},
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
            "whatsapp serves the channel whatsapp: send a template on that channel",
        ),
        (
            {key: value for key, value in INVITE.items() if key != "channel"},
            "surveymonkey writes to people: channel email is required",
        ),
        (
            {key: value for key, value in INVITE.items() if key != "purpose"},
            "surveymonkey writes to people: purpose is required, marketing or service",
        ),
        ({**HOOK, "channel": "email"}, "webhook reaches nobody by email: leave channel out"),
        ({**HOOK, "fields": ["a"]}, "must be a map of texts, numbers, true or false"),
        ({**HOOK, "field": {}}, "there is no word 'field': did you mean fields?"),
        ({"do": "notify"}, "connector is missing"),
        ({**HOOK, "purpose": "fun"}, "purpose 'fun' is not one of marketing, service"),
    ],
)
def test_a_problem_names_its_place_and_what_was_probably_meant(
    verb: dict[str, Any], expected: str
) -> None:
    texts = find_problems(verb)
    assert any(expected in text for text in texts), texts
    assert all(text.startswith("then[1]") for text in texts)


def test_a_connector_is_called_without_consent() -> None:
    rule = a_rule("r", "page.viewed", then=[TASK, HOOK])
    decision = decide_on(an_event(), a_customer(consent=False), rule)
    assert [action.channel for action in decision.actions] == ["connector", "connector"]
    assert decision.actions[0].what.to_dict()["fields"] == TASK["fields"]
    choices = decision.receipt["choices"]
    assert [(choice["do"], choice["what"]) for choice in choices] == [
        ("update", "salesforce create_task"),
        ("notify", "webhook"),
    ]
    assert [choice["made"] for choice in choices] == [action.id for action in decision.actions]
    assert take_last_look(a_customer(consent=False), decision.actions[0], NOON) is None


def test_a_connector_that_writes_to_people_needs_consent_at_decision_and_last_look() -> None:
    rule = a_rule("r", "page.viewed", then=[INVITE])
    assert decide_on(an_event(), a_customer(consent=False), rule).actions == ()
    [choice] = decide_on(an_event(), a_customer(consent=False), rule).receipt["choices"]
    assert choice["gate"] == "no consent to marketing messages by email"
    [action] = decide_on(an_event(), a_customer(), rule).actions
    assert action.address == "ann@example.com"
    assert take_last_look(a_customer(), action, NOON) is None
    assert take_last_look(a_customer(consent=False), action, NOON) is not None
    moved = replace(a_customer(), contact={"email": "new@example.com"})
    assert take_last_look(moved, action, NOON) == "the address is no longer theirs"


def test_a_connector_that_writes_to_people_needs_an_address() -> None:
    rule = a_rule("r", "page.viewed", then=[INVITE])
    [choice] = decide_on(an_event(), a_customer(contact={}), rule).receipt["choices"]
    assert choice["gate"] == "no contact.email is known"


def test_an_action_expires_when_the_verb_says() -> None:
    rule = a_rule("r", "page.viewed", then=[{**HOOK, "expires": "2h"}])
    [action] = decide_on(an_event(), a_customer(), rule).actions
    assert (action.expires_at - NOON).total_seconds() == 7200


def test_what_if_counts_actions_by_connector() -> None:
    rule = a_rule("r", "page.viewed", then=[TASK])
    [action] = decide_on(an_event(), a_customer(), rule).actions
    assert ("connector", "salesforce") in set(list_dimensions(action))


def test_a_published_row_is_read_even_if_its_connector_is_gone() -> None:
    row = a_rule("r", "page.viewed", then=[{**TASK, "connector": "gone"}], audience="everybody")
    [verb] = rule_from_row(row, FieldTypes()).then
    assert isinstance(verb, UpdateSystem)
    assert verb.connector == "gone"


def test_a_field_over_its_budget_is_a_problem_of_its_rule() -> None:
    endless = "{% assign n = 9 %}{% for i in (1..40) %}{% assign n = n | times: n %}{% endfor %}"
    verb = {**TASK, "fields": {"Subject": f"{endless}{{{{ n }}}}", "Priority": "High"}}
    [problem] = find_problems(verb)
    assert "fields.Subject line 1: times makes a number of more than 40 digits" in problem
