"""Target lists: conditions over customers, and who may be on a list for a channel."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.audiences.domain.audience import Audience, AudienceRun, audience_from_row
from hub.catalogue.domain.policy import Policies, policy_from_row
from hub.catalogue.domain.row_reader import InvalidRow
from hub.expression.domain.field_types import FieldTypes
from hub.model.customer import Customer
from hub.model.event import Event
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from tests.factories import NOON, a_customer, an_event, later
from tests.faulty_libraries import ERRORS, LIBRARY_TEXT, MARK, failing

FIELDS = load_declared_fields()
GOLD = {"tier": "gold"}


def an_audience(expression: str = "customer.loyalty.tier == 'gold'", **more: Any) -> Audience:
    row = {"audience_id": "a", "expression": expression, "status": "draft", **more}
    return audience_from_row(row, FIELDS)


def problems(**row: Any) -> list[str]:
    with pytest.raises(InvalidRow) as refused:
        an_audience(**row)
    return refused.value.problems


def policies(**row: Any) -> Policies:
    policy = policy_from_row({"policy_id": "p", "status": "live", **row}, FieldTypes())
    return Policies.from_policies([policy])


def _a_customer(name: str, *events: Event, **blocks: Any) -> Customer:
    return a_customer(*events, **blocks).with_changes(customer_id=name)


def on_the_list(audience: Audience, *customers: Customer) -> list[str]:
    run = AudienceRun(audience, NOON)
    return [str(row[0]) for customer in customers if (row := run.select_row(customer))]


def test_a_list_has_the_customers_for_whom_the_expression_holds() -> None:
    customers = _a_customer("ann", loyalty=GOLD), _a_customer("bernd")
    assert on_the_list(an_audience(), *customers) == ["ann"]


@pytest.mark.parametrize(
    "expression",
    [
        "count('page.viewed', days=7) == 2",
        "seen('page.viewed', hours=3)",
        "since('page.viewed') < 1",
        "not absent('page.viewed', days=7)",
        "absent('order.completed', days=30)",
        "not first('page.viewed')",
        "sequence('page.viewed', 'page.viewed')",
        "sum('page.viewed', 'EUR', days=30) == 300",
        "customer.contact.language == 'en' and now >= '2026-11-22'",
    ],
)
def test_functions_of_what_customers_did_need_no_current_event(expression: str) -> None:
    amount = {"amount": 150, "currency": "EUR"}
    events = [
        an_event(event_id=f"e-{n}", occurred_at=later(hours=-n), properties=amount) for n in (1, 2)
    ]
    assert on_the_list(an_audience(expression), _a_customer("ann", *events)) == ["ann"]
    assert on_the_list(an_audience(f"not ({expression})"), _a_customer("ann", *events)) == []


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("event.amount > 5", "there is no event here, only customers: did you mean what they did"),
        ("event.type == 'order.completed'", "such as seen('order.completed', days=30)?"),
        ("surroundings.stock.x.available > 5", "there are no surroundings here"),
        ("stock('SKU-7') > 5", "there are no surroundings here"),
        ("customer.loyalty.teir == 'gold'", "did you mean customer.loyalty.tier?"),
    ],
)
def test_an_expression_about_an_event_is_refused_with_a_suggestion(
    expression: str, text: str
) -> None:
    [problem] = problems(expression=expression)
    assert problem.startswith("expression, position 1: ")
    assert text in problem


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            {"columns": ["customer.contact"]},
            "columns, customer.contact is not a field of a customer",
        ),
        ({"columns": ["now"]}, "columns, now is not a field of a customer"),
        ({"columns": ["event.amount"]}, "columns, there is no event here"),
        ({"columns": ["customer.contact.emial"]}, "did you mean customer.contact.email?"),
        ({"columns": ["customer.contact.email"] * 51}, "columns are 51: the limit is 50"),
        ({"channel": "web"}, "channel 'web' is not one of email, sms, push, call"),
        ({"every": "10m"}, "every is too often: a list is refreshed once an hour at most"),
        ({"every": "daily"}, "every 'daily' must be a number and a unit"),
        ({"status": "live"}, "every is missing: how often a live list is refreshed, such as 1d"),
        ({"audience_id": "a b"}, "audience_id 'a b' is not a name (letters, digits, - _ .)"),
    ],
)
def test_an_invalid_row_is_refused_with_the_reason(row: dict[str, Any], problem: str) -> None:
    assert problem in "; ".join(problems(**row))


def test_a_list_needs_an_expression() -> None:
    with pytest.raises(InvalidRow, match="expression is missing: it says which customers"):
        audience_from_row({"audience_id": "a", "status": "draft"}, FIELDS)


def test_a_column_has_the_customers_value_or_is_empty() -> None:
    columns = ["customer.person.first_name", "customer.purchases.spent.GBP", "customer.place.city"]
    run = AudienceRun(an_audience(columns=columns), NOON)
    ann = _a_customer("ann", loyalty=GOLD, purchases={"spent": {"GBP": 1250}})
    assert run.audience.header == ("customer_id", *columns)
    assert run.select_row(ann) == ("ann", "Ann", 1250, None)


def test_a_list_has_no_value_that_only_a_public_source_states() -> None:
    run = AudienceRun(
        an_audience(columns=["customer.contact.email", "customer.person.first_name"]), NOON
    )
    stated = {"contact": {"email": "ann@example.com"}, "person": {"first_name": "Eve"}}
    levels = {"contact.email": "public", "person.first_name": "vouched"}
    row = run.select_row(_a_customer("1", loyalty={"tier": "gold"}, levels=levels, **stated))
    assert row is not None
    assert row[1:] == (None, "Eve")


def test_a_list_for_a_channel_has_only_customers_who_may_be_contacted_there() -> None:
    run = AudienceRun(an_audience(channel="email"), NOON)
    silent = _a_customer("silent", consent=False, loyalty=GOLD)
    nowhere = _a_customer("nowhere", loyalty=GOLD, contact={})
    assert run.select_row(_a_customer("ann", loyalty=GOLD)) == ("ann", "ann@example.com")
    assert run.select_row(silent) is None
    assert run.select_row(nowhere) is None
    assert run.select_row(_a_customer("no-gold")) is None
    assert run.counts.to_dict() == {
        "scanned": 4,
        "count": 1,
        "left_out": {
            "no consent to marketing messages by email": 1,
            "no contact.email is known": 1,
        },
    }


def test_an_erased_customer_is_on_no_list() -> None:
    forgotten = _a_customer("ann").with_changes(erased="2026-11-22T12:00:00.000Z")
    everybody = an_audience("not customer.loyalty.tier == 'gold'")
    assert on_the_list(everybody, forgotten, _a_customer("bernd")) == ["bernd"]


def test_a_list_for_no_channel_needs_no_consent() -> None:
    assert on_the_list(an_audience(), _a_customer("silent", consent=False, loyalty=GOLD)) == [
        "silent"
    ]


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"kind": "holdout", "percent": 100}, "in the universal control group"),
        (
            {"kind": "suppression", "when": "known(customer.contact.email)", "reason": "a test"},
            "silence: a test",
        ),
    ],
)
def test_a_customer_who_gets_no_marketing_at_all_is_on_no_list_for_it(
    policy: dict[str, Any], reason: str
) -> None:
    run = AudienceRun(an_audience(channel="email"), NOON, policies(**policy))
    assert run.select_row(_a_customer("ann", loyalty=GOLD)) is None
    assert dict(run.counts.left_out) == {reason: 1}
    service = AudienceRun(an_audience(channel="email", purpose="service"), NOON, policies(**policy))
    assert service.select_row(_a_customer("ann", loyalty=GOLD))


@pytest.mark.parametrize(
    "policy",
    [
        {"kind": "holdout", "percent": 100, "offer": "beans"},
        {"kind": "suppression", "when": "known(customer.contact.email)", "channel": "sms"},
        {"kind": "suppression", "when": "known(customer.contact.email)", "category": "coffee"},
    ],
)
def test_a_policy_about_something_else_does_not_affect_a_list(policy: dict[str, Any]) -> None:
    run = AudienceRun(an_audience(channel="email"), NOON, policies(**policy))
    assert run.select_row(_a_customer("ann", loyalty=GOLD))


@pytest.mark.parametrize(
    ("every", "name"),
    [("1d", "2026-11-26"), ("1h", "2026-11-26T15"), ("6h", "2026-11-26T12"), ("1w", "2026-11-23")],
)
def test_a_list_is_named_by_the_day_or_hour_in_which_its_period_starts(
    every: str, name: str
) -> None:
    thursday = datetime.fromisoformat("2026-11-26T15:30:00+01:00")
    audience = an_audience(every=every, status="live")
    assert audience.every
    assert audience.period_name(thursday) == name
    assert audience.period_name(thursday + audience.every) != name
    assert audience.period_name(thursday + timedelta(minutes=5)) == name


@given(
    st.sampled_from(
        [
            "hub.expression.domain:Expression.matches",
            "hub.audiences.domain.audience:find_open_addresses",
            "hub.audiences.domain.audience:check_consent",
            "hub.audiences.domain.audience:reach",
        ]
    ),
    ERRORS,
)
def test_a_customer_on_whom_a_list_fails_is_left_out_and_counted(
    call: str, error: BaseException
) -> None:
    audience = an_audience(channel="email", columns=["customer.loyalty.tier"])
    run = AudienceRun(audience, NOON)
    ann = _a_customer("ann", loyalty=GOLD)
    odd = _a_customer("bernd", loyalty={**GOLD, "number": MARK})
    with failing(call, error):
        rows = [run.select_row(customer) for customer in (odd, ann)]
    assert [row and row[0] for row in rows] == [None, "ann"]
    assert (run.counts.scanned, run.counts.count) == (2, 1)
    assert sum(run.counts.left_out.values()) == 1
    assert LIBRARY_TEXT not in str(run.counts)
