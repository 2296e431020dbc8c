"""What expressions mean: missing values, kinds, dates, and why one failed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.expression.domain import Expression, FalseClause, Scope, compile_expression
from hub.expression.domain.field_types import FieldTypes
from tests.factories import NOON, a_customer, an_event

GOLD = a_customer(loyalty={"tier": "gold", "since": "2024-02-29"})
NOBODY = a_customer(loyalty={})
SALE = an_event("order.completed", properties={"total": 2500, "items": ["shoes"], "title": "shoes"})


def an_expression(text: str) -> Expression:
    return compile_expression(text, FieldTypes())


def matches(text: str, event: Any = SALE, customer: Any = GOLD, now: datetime = NOON) -> bool:
    return an_expression(text).matches(Scope(event, customer, now))


def failure(text: str, event: Any = SALE, customer: Any = NOBODY) -> FalseClause | None:
    return an_expression(text).find_false_clause(Scope(event, customer, NOON))


@pytest.mark.parametrize(
    "text",
    [
        "event.total >= 2000 and customer.loyalty.tier == 'gold'",
        "event.properties.total == 2500",
        "2000 <= event.total < 3000",
        "customer.loyalty.tier in ['silver', 'gold']",
        "customer.loyalty.tier not in ('silver', 'bronze')",
        "'shoes' in event.items",
        "'hats' not in event.items",
        "'sho' in event.title",
        "event.type == 'order.completed'",
        "customer.consent.email.marketing",
        "customer.consent['email'].marketing == True",
        "not (event.total < 2000 or event.total > 3000)",
        "event.total > -1",
        "event.total >= 2000\nand customer.loyalty.tier == 'gold'\n",
        "now >= '2026-11-22' and now < '2026-11-23'",
        "customer.loyalty.since < '2024-03-01T00:00:00+02:00'",
        "event.occurred_at == now",
    ],
)
def test_holds(text: str) -> None:
    assert matches(text)
    assert failure(text, customer=GOLD) is None


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
def test_a_comparison_with_a_missing_value_is_false(sign: str) -> None:
    value = "['gold']" if "in" in sign else "'gold'"
    assert not matches(f"customer.loyalty.tier {sign} {value}", customer=NOBODY)
    assert matches(f"not customer.loyalty.tier {sign} {value}", customer=NOBODY)


def test_null_is_as_missing_as_absent() -> None:
    nothing = a_customer(loyalty={"tier": None})
    assert not matches("customer.loyalty.tier != 'gold'", customer=nothing)
    assert not matches("known(customer.loyalty.tier)", customer=nothing)
    assert matches("known(customer.loyalty.tier)")


@pytest.mark.parametrize("total", ["2500", True, None, [2500], {"eur": 2500}])
def test_values_of_another_kind_never_compare(total: Any) -> None:
    event = an_event(properties={"total": total})
    for sign in ("==", "!=", "<", ">"):
        assert not matches(f"event.total {sign} 1", event)


def test_true_is_not_one() -> None:
    event = an_event(properties={"flag": True, "one": 1, "list": [True]})
    assert not matches("event.flag == event.one", event)
    assert not matches("event.flag in [1]", event)
    assert not matches("event.one in event.list", event)
    assert matches("event.flag", event)
    assert not matches("event.one == True", event)


def test_a_date_is_its_first_instant_in_utc() -> None:
    event = an_event(properties={"at": "2026-11-22T01:00:00+02:00"})
    assert matches("event.at < '2026-11-22'", event)
    assert not matches("event.at < '2026-11-22'", an_event(properties={"at": "soon"}))


def test_a_value_outside_the_calendar_is_no_date() -> None:
    event = an_event(properties={"at": "0001-01-01T00:00:00+14:00"})
    assert not matches("event.at < '2026-11-22'", event)


def test_a_failure_names_the_first_false_clause_and_what_it_saw() -> None:
    text = "event.total >= 2000 and (event.total < 3000 and customer.loyalty.tier == 'gold')"
    assert failure(text) == FalseClause("customer.loyalty.tier == 'gold'", "missing")
    assert failure("event.total > 9000") == FalseClause("event.total > 9000", "2500")


def test_a_clause_that_looks_at_several_fields_names_them() -> None:
    clause = failure("event.total > 9000 or customer.loyalty.tier == 'gold'")
    assert clause is not None
    assert clause.saw == "event.total 2500, customer.loyalty.tier missing"


@pytest.mark.parametrize(
    ("text", "saw"),
    [
        ("not known(event.total)", "2500"),
        ("lower(event.title) == 'hats'", "shoes"),
        ("count('page.viewed') > 3", "0"),
        ("event.items == 'x' or 'hats' in event.items", '["shoes"]'),
        ("now < '2020-01-01'", "2026-11-22T12:00:00.000Z"),
    ],
)
def test_a_value_is_shown_as_people_write_it(text: str, saw: str) -> None:
    clause = failure(text)
    assert clause is not None
    assert clause.saw == saw


def test_a_long_value_is_cut_in_the_receipt() -> None:
    clause = failure("event.text == 'x'", an_event(properties={"text": "y" * 1000}))
    assert clause is not None
    assert len(clause.saw) < 100


def test_expressions_are_equal_when_their_texts_are() -> None:
    assert an_expression("event.a == 1") == an_expression("event.a == 1")
    assert an_expression("event.a == 1") != an_expression("event.a == 2")


def test_the_zone_of_now_does_not_matter() -> None:
    assert matches("now < '2026-11-22T12:00:01Z'", now=datetime(2026, 11, 22, 12, tzinfo=UTC))
