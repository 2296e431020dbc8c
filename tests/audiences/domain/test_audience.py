"""Target lists: the rules' language over customers, and who may be on a list for a channel."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hub.audiences.domain.audience import Audience, AudienceRun, audience_from_row
from hub.catalogue.domain.policy import Policies, policy_from_row
from hub.catalogue.domain.row_reader import InvalidRow
from hub.expression.domain.field_types import FieldTypes
from hub.model.customer import Customer
from hub.model.event import Event
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from tests.factories import NOON, a_customer, an_event, later

FIELDS = load_declared_fields()
GOLD = {"tier": "gold"}


def an_audience(expression: str = "customer.loyalty.tier == 'gold'", **given: Any) -> Audience:
    row = {"audience_id": "a", "expression": expression, "status": "draft", **given}
    return audience_from_row(row, FIELDS)


def problems(**given: Any) -> list[str]:
    with pytest.raises(InvalidRow) as refused:
        an_audience(**given)
    return refused.value.problems


def policies(**row: Any) -> Policies:
    given = {"policy_id": "p", "status": "live", **row}
    return Policies.from_policies([policy_from_row(given, FieldTypes())])


def _named(name: str, *events: Event, **given: Any) -> Customer:
    return a_customer(*events, **given).with_changes(customer_id=name)


def on_the_list(audience: Audience, *customers: Customer) -> list[str]:
    listing = AudienceRun(audience, NOON)
    return [str(row[0]) for customer in customers if (row := listing.select_row(customer))]


def test_on_the_list_is_of_whom_the_expression_holds() -> None:
    customers = _named("ann", loyalty=GOLD), _named("bernd")
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
def test_what_customers_did_can_be_asked_without_an_event_at_hand(expression: str) -> None:
    amount = {"amount": 150, "currency": "EUR"}
    events = [
        an_event(event_id=f"e-{n}", occurred_at=later(hours=-n), properties=amount) for n in (1, 2)
    ]
    assert on_the_list(an_audience(expression), _named("ann", *events)) == ["ann"]
    assert on_the_list(an_audience(f"not ({expression})"), _named("ann", *events)) == []


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("event.amount > 5", "there is no event here, only customers: did you mean what they did"),
        ("event.type == 'order.completed'", "such as seen('order.completed', days=30)?"),
        ("surroundings.stock.x.available > 5", "there are no surroundings here"),
        ("stock('SKU-7') > 5", "there are no surroundings here"),
        ("customer.loyalty.teir == 'gold'", "did you mean customer.loyalty.tier?"),
    ],
)
def test_an_expression_about_an_event_is_refused_with_what_may_be_meant(
    expression: str, said: str
) -> None:
    [problem] = problems(expression=expression)
    assert problem.startswith("expression, position 1: ")
    assert said in problem


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"columns": ["customer.contact"]}, "columns, customer.contact is no field of a customer"),
        ({"columns": ["now"]}, "columns, now is no field of a customer"),
        ({"columns": ["event.amount"]}, "columns, there is no event here"),
        ({"columns": ["customer.contact.emial"]}, "did you mean customer.contact.email?"),
        ({"columns": ["customer.contact.email"] * 51}, "columns are 51: the limit is 50"),
        ({"channel": "web"}, "channel 'web' is not one of email, sms, push, call"),
        ({"every": "10m"}, "every is too often: a list is made anew once an hour at most"),
        ({"every": "daily"}, "every 'daily' must be a number and a unit"),
        ({"status": "live"}, "every is missing: a live list is made anew, such as every 1d"),
        ({"audience_id": "a b"}, "audience_id 'a b' is not a name (letters, digits, - _ .)"),
    ],
)
def test_a_row_says_what_is_wrong_with_it(given: dict[str, Any], said: str) -> None:
    assert said in "; ".join(problems(**given))


def test_without_an_expression_nobody_is_on_a_list() -> None:
    with pytest.raises(InvalidRow, match="expression is missing: it says of whom the list is"):
        audience_from_row({"audience_id": "a", "status": "draft"}, FIELDS)


def test_the_columns_are_what_is_known_of_them_and_what_is_not_known_is_empty() -> None:
    columns = ["customer.person.first_name", "customer.purchases.spent.GBP", "customer.place.city"]
    listing = AudienceRun(an_audience(columns=columns), NOON)
    ann = _named("ann", loyalty=GOLD, purchases={"spent": {"GBP": 1250}})
    assert listing.audience.header == ("customer_id", *columns)
    assert listing.select_row(ann) == ("ann", "Ann", 1250, None)


def test_a_list_for_a_channel_has_only_whom_may_be_contacted_there_with_the_address() -> None:
    listing = AudienceRun(an_audience(channel="email"), NOON)
    silent = _named("silent", consent=False, loyalty=GOLD)
    nowhere = _named("nowhere", loyalty=GOLD, contact={})
    assert listing.select_row(_named("ann", loyalty=GOLD)) == ("ann", "ann@example.com")
    assert listing.select_row(silent) is None
    assert listing.select_row(nowhere) is None
    assert listing.select_row(_named("no-gold")) is None
    assert listing.counts.to_dict() == {
        "scanned": 4,
        "count": 1,
        "left_out": {
            "no consent to marketing messages by email": 1,
            "no contact.email is known": 1,
        },
    }


def test_who_is_forgotten_is_on_no_list() -> None:
    forgotten = _named("ann").with_changes(erased="2026-11-22T12:00:00.000Z")
    everybody = an_audience("not customer.loyalty.tier == 'gold'")
    assert on_the_list(everybody, forgotten, _named("bernd")) == ["bernd"]


def test_a_list_for_no_channel_asks_nobody() -> None:
    assert on_the_list(an_audience(), _named("silent", consent=False, loyalty=GOLD)) == ["silent"]


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
def test_who_gets_no_marketing_at_all_is_on_no_list_for_it(
    policy: dict[str, Any], reason: str
) -> None:
    listing = AudienceRun(an_audience(channel="email"), NOON, policies(**policy))
    assert listing.select_row(_named("ann", loyalty=GOLD)) is None
    assert dict(listing.counts.left_out) == {reason: 1}
    service = AudienceRun(an_audience(channel="email", purpose="service"), NOON, policies(**policy))
    assert service.select_row(_named("ann", loyalty=GOLD))


@pytest.mark.parametrize(
    "policy",
    [
        {"kind": "holdout", "percent": 100, "offer": "beans"},
        {"kind": "suppression", "when": "known(customer.contact.email)", "channel": "sms"},
        {"kind": "suppression", "when": "known(customer.contact.email)", "category": "coffee"},
    ],
)
def test_a_policy_about_something_else_leaves_a_list_alone(policy: dict[str, Any]) -> None:
    listing = AudienceRun(an_audience(channel="email"), NOON, policies(**policy))
    assert listing.select_row(_named("ann", loyalty=GOLD))


@pytest.mark.parametrize(
    ("every", "name"),
    [("1d", "2026-11-26"), ("1h", "2026-11-26T15"), ("6h", "2026-11-26T12"), ("1w", "2026-11-23")],
)
def test_a_list_is_named_by_the_day_or_hour_its_time_begins(every: str, name: str) -> None:
    thursday = datetime.fromisoformat("2026-11-26T15:30:00+01:00")
    audience = an_audience(every=every, status="live")
    assert audience.every
    assert audience.period_name(thursday) == name
    assert audience.period_name(thursday + audience.every) != name
    assert audience.period_name(thursday + timedelta(minutes=5)) == name
