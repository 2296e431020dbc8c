"""The functions of the language: what the customer did, dates, texts, distances."""

from datetime import timedelta
from typing import Any

import pytest

from hub.expression.domain import Scope, compile_expression
from hub.expression.domain.field_types import FieldTypes
from hub.model.customer import Customer
from hub.model.event import Event
from hub.surroundings.domain.surroundings import Surroundings
from tests.factories import NOON, a_customer, an_event


def holds(text: str, customer: Customer, event: Event | None = None) -> bool:
    scope = Scope(event or an_event("support.asked"), customer, NOON)
    return compile_expression(text, FieldTypes()).matches(scope)


def a_view(name: str, **ago: float) -> Event:
    return an_event("page.viewed", name, occurred_at=NOON - timedelta(**ago))


VISITOR = a_customer(a_view("1", hours=1), a_view("2", hours=30), a_view("3", days=7))


@pytest.mark.parametrize(
    "text",
    [
        "count('page.viewed') == 3",
        "count('page.viewed', days=1) == 1",
        "count('page.viewed', days=2) == 2",
        "count('page.viewed', days=7) == 2",
        "count('page.viewed', days=8) == 3",
        "count('page.viewed', hours=1) == 1",
        "count('page.viewed', hours=29) == 1",
        "count('page.viewed', hours=30) == 2",
        "count('order.completed') == 0",
        "seen('page.viewed', days=1) and not seen('order.completed')",
        "0.04 < since('page.viewed') < 0.05",
        "not since('order.completed') >= 0",
    ],
)
def test_windows_look_back_as_far_as_they_say(text: str) -> None:
    assert holds(text, VISITOR)


def test_the_first_order_is_the_first_and_the_second_is_not() -> None:
    first = an_event("order.completed", "o-1", occurred_at=NOON - timedelta(days=3))
    second = an_event("order.completed", "o-2")
    assert holds("first('order.completed')", a_customer(), first)
    assert holds("first('order.completed')", a_customer(first), first)
    assert not holds("first('order.completed')", a_customer(first, second), second)


def test_since_looks_past_the_event_at_hand() -> None:
    before = an_event("order.completed", "o-1", occurred_at=NOON - timedelta(days=3))
    now = an_event("order.completed", "o-2")
    assert holds("since('order.completed') == 3", a_customer(before, now), now)
    assert not holds("known(since('order.completed'))", a_customer(now), now)


def test_since_knows_the_last_time_however_long_ago() -> None:
    order = an_event("order.completed", occurred_at=NOON - timedelta(days=300))
    pages = [an_event(event_id=f"p-{n}") for n in range(200)]
    assert holds("since('order.completed') == 300", a_customer(order, *pages))
    assert holds("absent('order.completed')", a_customer(order, *pages))


@pytest.mark.parametrize(
    "text",
    [
        "age(customer.person.birthday) == 25",
        "days_until_anniversary(customer.person.birthday) == 1",
        "days_since(customer.loyalty.since) == 10",
        "days_until(customer.loyalty.since) == -10",
        "days_until('2026-12-24') == 32",
        "weekday() == 'sunday'",
        "hour() == 13",
        "not age(customer.place.city) > 0",
        "not days_until_anniversary(customer.place.city) >= 0",
    ],
)
def test_dates_are_the_customers_own(text: str) -> None:
    customer = a_customer(
        person={"birthday": "2000-11-23"},
        loyalty={"since": "2026-11-12"},
        place={"time_zone": "Europe/Vienna", "city": "Graz"},
    )
    assert holds(text, customer)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc", "Europe", 7, None])
def test_an_unknown_time_zone_is_utc(zone: Any) -> None:
    assert holds("hour() == 12", a_customer(place={"time_zone": zone}))


def test_the_next_day_has_begun_in_the_east() -> None:
    pacific = a_customer(place={"time_zone": "Pacific/Kiritimati"})
    assert holds("weekday() == 'monday'", pacific)


def test_a_leap_days_anniversary_is_the_28th_in_other_years() -> None:
    leapling = a_customer(person={"birthday": "2004-02-29"})
    assert holds("days_until_anniversary(customer.person.birthday) == 98", leapling)


@pytest.mark.parametrize(
    "text",
    [
        "lower(customer.place.city) == 'graz'",
        "upper(customer.place.city) == 'GRAZ'",
        "starts_with(customer.place.city, 'Gr')",
        "ends_with(customer.place.city, 'az')",
        "contains(customer.place.city, 'ra')",
        "size(customer.place.city) == 4",
        "not starts_with(customer.place.country, 'A')",
        "not known(lower(customer.place.country))",
        "not known(size(customer.place.country))",
    ],
)
def test_texts(text: str) -> None:
    assert holds(text, a_customer(place={"city": "Graz"}))


AROUND = Surroundings(
    stock={"SKU-7": {"available": 3, "as_of": 1}, "SKU-8": {"available": 0, "as_of": 1}},
    queues={"retention": {"free": 4, "waiting": 2}, "sales": {"waiting": 1}},
    promotions={"xmas": {"active": True}, "easter": {"active": False}},
)


@pytest.mark.parametrize(
    "text",
    [
        "stock(event.sku) == 3",
        "surroundings.stock['SKU-7'].available == 3",
        "stock('SKU-8') == 0",
        "not known(stock('SKU-9')) and not stock('SKU-9') < 5 and not stock('SKU-9') >= 5",
        "not known(stock(event.size)) and not known(stock(event.number))",
        "free_slots('retention') >= 4 and surroundings.queues.retention.free == 4",
        "surroundings.queues.retention.waiting == 2",
        "not known(free_slots('sales')) and not known(surroundings.queues.sales.free)",
        "not known(free_slots('unheard'))",
        "promotion('xmas') and surroundings.promotions.xmas.active",
        "not promotion('easter') and not promotion('unheard') and not promotion(event.number)",
    ],
)
def test_surroundings(text: str) -> None:
    event = an_event(properties={"sku": "SKU-7", "number": 7})
    expression = compile_expression(text, FieldTypes())
    assert expression.matches(Scope(event, a_customer(), NOON, AROUND))


def test_a_failure_shows_the_stock_of_the_product() -> None:
    event = an_event(properties={"sku": "SKU-8"})
    expression = compile_expression("stock(event.sku) > 0", FieldTypes())
    failure = expression.find_false_clause(Scope(event, a_customer(), NOON, AROUND))
    assert failure is not None
    assert failure.saw == "0"


def a_payment(name: str, amount: Any, currency: str | None, **ago: float) -> Event:
    properties = {"amount": amount} | ({"currency": currency} if currency else {})
    at = NOON - timedelta(**ago)
    return an_event("payment.received", name, occurred_at=at, properties=properties)


BUYER = a_customer(
    a_payment("1", 1000, "EUR"),
    a_payment("2", 250, "EUR", days=1),
    a_payment("3", 70, "CHF", days=1),
    a_payment("4", 5, None, days=1),
    a_payment("5", 4000, "EUR", days=30),
    a_payment("6", "900", "EUR"),
    a_payment("7", True, "EUR"),
    a_payment("8", 9000, "EUR", days=91),
)


@pytest.mark.parametrize(
    "text",
    [
        "sum('payment.received', 'EUR') == 5250",
        "sum('payment.received', 'EUR', days=1) == 1000",
        "sum('payment.received', 'EUR', days=30) == 1250",
        "sum('payment.received', 'EUR', days=31) == 5250",
        "sum('payment.received', 'CHF', days=7) == 70",
        "sum('payment.received', '', days=7) == 5",
        "sum('payment.received', 'USD', days=7) == 0",
        "sum('order.refunded', 'EUR') == 0",
        "sum('payment.received', event.currency, days=7) == 70",
        "not known(sum('payment.received', event.nothing))",
    ],
)
def test_amounts_add_up_by_currency(text: str) -> None:
    assert holds(text, BUYER, an_event(properties={"currency": "CHF"}))


def test_vienna_and_graz_are_145_km_apart() -> None:
    shop = an_event(properties={"latitude": 47.0707, "longitude": 15.4395})
    text = "144 < distance_km(event.latitude, event.longitude, 48.2082, 16.3738) < 146"
    assert holds(text, a_customer(), shop)
    assert not holds(text, a_customer(), an_event(properties={"latitude": "47"}))
