"""Rows of the tables Rules and Templates, as marketers type them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hub.catalogue.domain.row_reader import InvalidRow, find_attribute
from hub.catalogue.domain.rule import Rule, rule_from_row
from hub.catalogue.domain.tables import RULES, TEMPLATES
from hub.catalogue.domain.template import Template, template_from_row
from hub.catalogue.domain.validity import Validity
from hub.catalogue.domain.verbs import VERBS
from hub.catalogue.domain.verbs.emit import EmitEvent
from hub.catalogue.domain.verbs.send import SendMessage
from hub.expression.domain import Scope
from hub.expression.domain.field_types import Field, FieldKind, FieldTypes
from hub.kernel.errors import Rejected
from hub.model.channels import MESSAGE_CHANNELS
from tests.factories import a_customer, an_event

REMINDER = {
    "rule_id": "cart-reminder",
    "strategy": "cart",
    "event": "cart.reminder_due",
    "in_state": "waiting",
    "when": "event.total >= 2000",
    "then": [{"do": "send", "channel": "email", "template": "cart-reminder"}],
    "move_to": "reminded",
    "priority": 10,
    "starts": "2026-01-01",
    "ends": "2026-12-31",
    "status": "live",
}
LETTER = {
    "template_id": "letter",
    "purpose": "service",
    "default_language": "en",
    "email": {
        "en": {"subject": "Hello", "text": "Hello"},
        "de": {"subject": "Hallo", "text": "Hallo", "html": "<p>Hallo</p>"},
    },
}


def scope_at(now: datetime, time_zone: str = "UTC") -> Scope:
    return Scope(an_event(), a_customer(place={"time_zone": time_zone}), now)


def a_rule(**changes: Any) -> Rule:
    return RULES.read(RULES.tidy({**REMINDER, **changes}))


def find_problems(**changes: Any) -> list[str]:
    with pytest.raises(InvalidRow) as error:
        a_rule(**changes)
    return error.value.problems


def test_a_row_becomes_a_rule() -> None:
    rule = a_rule()
    assert (rule.rule_id, rule.strategy, rule.event) == (
        "cart-reminder",
        "cart",
        "cart.reminder_due",
    )
    assert (rule.in_state, rule.move_to) == ("waiting", "reminded")
    assert rule.when is not None
    assert rule.when.text == "event.total >= 2000"
    assert rule.then == (SendMessage(channel="email", template="cart-reminder"),)
    assert (rule.priority, rule.status) == (10, "live")


def test_optional_attributes_may_be_absent() -> None:
    row = {"rule_id": "r", "strategy": "s", "event": "a.b", "move_to": "seen", "status": "draft"}
    rule = rule_from_row(row, FieldTypes())
    assert rule.when is None
    assert (rule.then, rule.priority, rule.validity) == ((), 0, Validity())


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"priority": Decimal(7)}, "priority", 7),
        ({"priority": " 7 "}, "priority", 7),
        ({"priority": 7.0}, "priority", 7),
        ({"status": " Live "}, "status", "live"),
        ({"event": "cart.reminder_due  "}, "event", "cart.reminder_due"),
        ({"in_state": ""}, "in_state", ""),
        ({"starts": ""}, "validity", Validity(ends=date(2026, 12, 31))),
        ({" move_to ": "x"}, "move_to", "x"),
    ],
)
def test_harmless_mistakes_are_accepted(changes: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(a_rule(**changes), field) == value


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"then": [{"do": "sned"}]}, "then[1] there is no verb 'sned': did you mean 'send'?"),
        (
            {"then": [{"template": "x"}]},
            f"then[1] has no do: it is one of {', '.join(VERBS)}",
        ),
        ({"then": ["send"]}, "then[1] is 'send': it must be a map such as {'do': 'send', ...}"),
        ({"then": "send"}, "then must be a list of 1 to 20 maps such as {'do': 'send', ...}"),
        (
            {"then": [{"do": "append", "dataset": "x"}, {"do": "append", "datset": "x"}]},
            "then[2] append: dataset is missing",
        ),
        (
            {"then": [{"do": "append", "dataset": "x", "expirs": "2h"}]},
            "then[1] append: there is no word 'expirs'",
        ),
        (
            {"then": [{"do": "wait", "for": "soon", "then": "a.b"}]},
            "then[1] wait: for 'soon' must be a number and a unit, such as 20s, 90m, 2h, 3d or 1w",
        ),
        (
            {"then": [{"do": "emit", "event": "action.delivered"}]},
            "then[1] emit: event 'action.delivered' is reserved for the hub: choose another name",
        ),
        (
            {"then": [{"do": "send", "channel": "emial", "template": "x"}]},
            (
                f"then[1] send: channel 'emial' is not one of {', '.join(MESSAGE_CHANNELS)}, best:"
                " did you mean email?"
            ),
        ),
        (
            {"then": [{"do": "append", "dataset": 7}]},
            "then[1] append: dataset is 7: it must be a text",
        ),
        (
            {"when": "event.total => 1"},
            "when, position 13: => is not a comparison: did you mean >=?",
        ),
        ({"when": None}, "when is None: it must be a text such as event.total >= 2000"),
        ({"when": ""}, "when, position 1: the expression is empty"),
        (
            {"status": "liev"},
            "status 'liev' is not one of draft, shadow, live, paused: did you mean live?",
        ),
        ({"event": None}, "event is missing"),
        ({"event": "Cart"}, "event 'Cart' is not an event type such as order.completed"),
        ({"strategy": 5}, "strategy is 5: it must be a text"),
        ({"rule_id": "cart "}, "rule_id 'cart ' has blanks at its ends"),
        ({"priority": "high"}, "priority is 'high': it must be a whole number"),
        ({"priority": True}, "priority is True: it must be a whole number"),
        ({"priority": Decimal("Infinity")}, "priority is 'Infinity': it must be a whole number"),
        ({"priority": Decimal("1.5")}, "priority is 1.5: it must be a whole number"),
        ({"ends": "tomorrow"}, "ends 'tomorrow' is not a date: write it as 2026-11-22"),
        ({"ends": "2025-01-01"}, "ends is not after starts: the rule would never run"),
    ],
)
def test_a_problem_names_its_attribute(changes: dict[str, Any], problem: str) -> None:
    problems = find_problems(**changes)
    assert problem in problems
    assert find_attribute(problems[0]) == next(iter(changes))


def test_all_problems_of_a_row_are_reported() -> None:
    assert len(find_problems(event="Cart", status="liev", when="x", priority="high", then=5)) == 5


def test_a_rule_runs_to_the_end_of_the_day_it_ends_on() -> None:
    rule = a_rule()
    assert not rule.is_valid_in(scope_at(datetime(2025, 12, 31, 23, 59, tzinfo=UTC)))
    assert rule.is_valid_in(scope_at(datetime(2026, 1, 1, tzinfo=UTC)))
    assert rule.is_valid_in(scope_at(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)))
    assert not rule.is_valid_in(scope_at(datetime(2027, 1, 1, tzinfo=UTC)))
    assert not a_rule(ends="2026-12-31T12:00:00Z").is_valid_in(
        scope_at(datetime(2026, 12, 31, 12, tzinfo=UTC))
    )
    always = a_rule(starts=None, ends=None)
    assert always.is_valid_in(scope_at(datetime(1999, 1, 1, tzinfo=UTC)))


def test_the_day_is_that_of_the_customer() -> None:
    evening = datetime(2027, 1, 1, 3, tzinfo=UTC)
    assert a_rule().is_valid_in(scope_at(evening, "America/Chicago"))
    assert not a_rule().is_valid_in(scope_at(evening, "Asia/Tokyo"))


def test_an_emitted_event_is_checked_against_its_schema() -> None:
    fields = FieldTypes(
        events={
            "cart.left": Field(
                FieldKind.BLOCK,
                members={
                    "amount": Field(FieldKind.NUMBER),
                    "step": Field(FieldKind.TEXT, values=("cart", "payment")),
                },
            )
        }
    )
    properties = {"amount": "12", "step": "payment", "own": True}
    emit = {"do": "emit", "event": "cart.left", "properties": properties}
    row = {"rule_id": "r", "strategy": "s", "event": "page.viewed", "then": [emit]}
    with pytest.raises(InvalidRow) as error:
        rule_from_row(row, fields)
    problem = "then[1] emit: properties.amount is '12': cart.left has a number there"
    assert error.value.problems == [problem]
    emit["properties"] = {**properties, "amount": 12, "step": "paid"}
    with pytest.raises(InvalidRow, match=r"cart\.left has 'cart' or 'payment' there"):
        rule_from_row(row, fields)
    emit["properties"] = {**properties, "amount": 12}
    [verb] = rule_from_row(row, fields).then
    assert isinstance(verb, EmitEvent)
    assert verb.properties
    assert verb.properties["amount"] == 12


@pytest.mark.parametrize(
    ("language", "subject"), [("de", "Hallo"), ("de-AT", "Hallo"), ("fr", "Hello"), ("", "Hello")]
)
def test_a_template_gives_the_body_in_the_nearest_language(language: str, subject: str) -> None:
    assert a_template().find_body("email", language)["subject"] == subject


def test_a_template_without_a_body_on_the_channel_is_refused() -> None:
    with pytest.raises(Rejected, match="template letter has no call body"):
        a_template().find_body("call", "en")


def a_template(**changes: Any) -> Template:
    return template_from_row(TEMPLATES.tidy({**LETTER, **changes}))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"purpose": "spam"}, "purpose 'spam' is not one of marketing, service"),
        ({"purpose": None}, "purpose is missing: it is one of marketing, service"),
        ({"email": {}}, "email is {}: it must be a map of languages, such as en"),
        ({"email": "Hello"}, "email is 'Hello': it must be a map of languages, such as en"),
        (
            {"email": {"en": "Hello"}},
            "email.en is 'Hello': it must be a map of subject, preheader, text, html, mjml",
        ),
        ({"email": {"en": {"subject": "x"}}}, "email.en.text is missing"),
        (
            {"email": {"en": {"subject": "x", "text": "x", "htm": "x"}}},
            "email.en has no part htm: did you mean html?",
        ),
        ({"email": {"en": {"subject": "x", "text": 5}}}, "email.en.text is 5: it must be a text"),
        ({"default_language": "fr"}, "email has no body in the default language fr"),
    ],
)
def test_a_problem_of_a_template_is_reported(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidRow) as error:
        a_template(**changes)
    assert problem in error.value.problems


def test_a_template_needs_a_body() -> None:
    with pytest.raises(InvalidRow, match=r"email or sms or .* is missing"):
        template_from_row({"template_id": "x", "purpose": "service"})
