"""Functions of dates on the customer's calendar, against the clock on the wall of their zone."""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.expression.domain import Scope, compile_expression
from hub.expression.domain.dates import age, days_since, days_until, days_until_anniversary
from hub.expression.domain.field_types import FieldTypes
from hub.life_events.domain.occasions import build_announcement, calendar_pages, find_occasions
from hub.model.customer import Customer
from tests.factories import a_customer, an_event
from tests.model.zones import list_clock_changes, show

ZONES = st.sampled_from(sorted({change.zone.key for change in list_clock_changes()}))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
NOWS = st.timedeltas(timedelta(), timedelta(days=6 * 365)).map(
    lambda after: datetime(2026, 1, 1, tzinfo=UTC) + after
)
AGES = st.timedeltas(timedelta(days=-40), timedelta(days=40 * 365))
CHANGES = st.sampled_from(list_clock_changes())
EVENT = an_event()


def resident_of(zone: str) -> Customer:
    return a_customer(place={"time_zone": zone})


@given(ZONES, NOWS, AGES, OFFSETS)
def test_days_are_between_two_pages_of_the_customers_calendar(
    zone: str, now: datetime, ago: timedelta, offset: timezone
) -> None:
    at = now - ago
    pages = (show(now, ZoneInfo(zone)).date() - show(at, ZoneInfo(zone)).date()).days
    stated = at.astimezone(offset).isoformat()
    assert days_since(resident_of(zone), now, UTC, stated) == pages
    assert days_until(resident_of(zone), now, UTC, stated) == -pages
    assert days_since(resident_of(zone), now, UTC, at) == pages


@given(CHANGES, st.integers(0, 72 * 60), st.integers(0, 72 * 60))
def test_a_past_time_is_no_day_ahead_and_days_go_up_at_midnight(
    change: tuple[ZoneInfo, datetime, datetime, datetime], before: int, after: int
) -> None:
    zone, at = change[:2]
    then, now = at - timedelta(minutes=before), at + timedelta(minutes=after)
    customer = resident_of(zone.key)
    days = days_since(customer, now, UTC, then.isoformat())
    assert days is not None
    assert days >= 0
    minutes = range(before + after + 1)
    assert days + 1 == len({show(then + timedelta(minutes=n), zone).date() for n in minutes})


@given(ZONES, NOWS, st.dates(date(1930, 1, 1), date(2025, 12, 31)) | st.just(date(2004, 2, 29)))
def test_age_goes_up_on_the_day_that_is_announced_as_the_birthday(
    zone: str, now: datetime, born: date
) -> None:
    today = show(now, ZoneInfo(zone)).date()
    person = {"birthday": born.isoformat()}
    customer = resident_of(zone).with_changes(person=person)
    day = 28 if (born.month, born.day) == (2, 29) and not isleap(today.year) else born.day
    years = today.year - born.year - ((today.month, today.day) < (born.month, day))
    assert age(customer, now, UTC, born.isoformat()) == years
    until = days_until_anniversary(customer, now, UTC, born.isoformat())
    assert until is not None
    assert (until == 0) == ((today.month, today.day) == (born.month, day))
    (occasion,) = find_occasions(an_event(traits={"person": person}))
    on_page = occasion.day in calendar_pages(today)
    announced = build_announcement(occasion, customer, today, now) if on_page else None
    assert (announced is not None) == (until == 0)
    if announced:
        assert announced.properties["years"] == years


@given(ZONES, st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.times(), OFFSETS)
def test_a_birthday_that_is_stated_as_a_time_is_the_same_day_in_conditions_and_life_events(
    zone: str, born: date, at: time, offset: timezone
) -> None:
    stated = datetime.combine(born, at, offset).isoformat()
    person = {"birthday": stated}
    customer = a_customer(an_event("customer.changed", traits={"person": person})).with_changes(
        place={"time_zone": zone}
    )
    noon = datetime(2029, 7, 1, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    birthday = customer.person["birthday"]
    until = days_until_anniversary(customer, noon, UTC, birthday)
    assert until is not None
    now = noon + timedelta(days=until)
    today = show(now, ZoneInfo(zone)).date()
    announced = [
        event
        for occasion in find_occasions(an_event(traits={"person": person}))
        if occasion.day in calendar_pages(today)
        and (event := build_announcement(occasion, customer, today, now))
    ]
    assert [event.properties["years"] for event in announced] == [age(customer, now, UTC, birthday)]


@pytest.mark.parametrize(
    ("stated", "zone"),
    [
        ("1984-03-07T00:00:00+01:00", "Europe/Warsaw"),
        ("1984-03-07T00:00:00Z", "America/Chicago"),
        ("1984-03-06T23:00:00Z", "Europe/Warsaw"),
        ("1984-03-07T00:00:00", "Asia/Tokyo"),
    ],
)
def test_a_crm_may_state_a_birthday_as_a_time(stated: str, zone: str) -> None:
    ann = a_customer(an_event("customer.changed", traits={"person": {"birthday": stated}}))
    customer = ann.with_changes(place={"time_zone": zone})
    condition = compile_expression(
        "days_until_anniversary(customer.person.birthday) == 0", FieldTypes()
    )
    noon = datetime(2027, 3, 7, 12, tzinfo=ZoneInfo(zone))
    days = [noon + timedelta(days=n) for n in (-1, 0, 1)]
    holds = [condition.matches(Scope(EVENT, customer, day.astimezone(UTC))) for day in days]
    assert holds == [False, True, False]


@given(st.datetimes(timezones=st.just(UTC)), ZONES, NOWS)
def test_no_date_of_the_years_1_to_9999_is_an_error(
    stated: datetime, zone: str, now: datetime
) -> None:
    customer = resident_of(zone)
    for text in (stated.isoformat(), stated.date().isoformat()):
        for function in (age, days_since, days_until, days_until_anniversary):
            function(customer, now, UTC, text)
