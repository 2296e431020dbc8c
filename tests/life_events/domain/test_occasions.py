"""Occasions: found in events, announced when their day begins where the customer lives."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.life_events.domain.occasions import (
    Occasion,
    build_announcement,
    calendar_pages,
    find_current_days,
    find_occasions,
)
from hub.model.customer import Customer
from tests.factories import NOON, an_event

ANN = Customer(customer_id="c-1", person={"birthday": "1980-02-29", "anniversary": "2008-06-21"})
BIRTHDAY = Occasion("02-29", "c-1", "birthday")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_resident_of(zone: str) -> Customer:
    return ANN.with_changes(place={"time_zone": zone})


def test_a_birthday_and_a_wedding_day_are_on_yearly_pages() -> None:
    event = an_event(traits={"person": {"birthday": "1980-02-29", "anniversary": "2008-06-21"}})
    assert find_occasions(event) == [BIRTHDAY, Occasion("06-21", "c-1", "anniversary")]


def test_a_guarantee_is_announced_thirty_days_before_its_end_and_other_days_as_they_come() -> None:
    properties = {"guarantee_until": "2028-11-22", "replace_after": "2027-05-01", "item": "22423"}
    occasions = find_occasions(an_event("item.purchased", properties=properties))
    assert {occasion.kind: occasion.day for occasion in occasions} == {
        "guarantee_until": "2028-10-23",
        "replace_after": "2027-05-01",
    }


def test_a_guarantee_that_ends_sooner_is_announced_the_next_day() -> None:
    event = an_event("item.purchased", properties={"guarantee_until": "2026-12-01"})
    assert [occasion.day for occasion in find_occasions(event)] == ["2026-11-23"]


@pytest.mark.parametrize("nonsense", ["soon", "", 7, None, "2026-02-30", ["2026-01-01"]])
def test_a_value_that_is_no_day_is_ignored(nonsense: Any) -> None:
    event = an_event(
        traits={"person": {"birthday": nonsense}}, properties={"end_of_life": nonsense}
    )
    assert find_occasions(event) == []


@pytest.mark.parametrize(
    ("day", "pages"),
    [
        (date(2028, 2, 28), ["2028-02-28", "02-28"]),
        (date(2028, 2, 29), ["2028-02-29", "02-29"]),
        (date(2027, 2, 28), ["2027-02-28", "02-28", "02-29"]),
        (date(2027, 3, 1), ["2027-03-01", "03-01"]),
    ],
)
def test_a_birthday_on_29_february_comes_every_year(day: date, pages: list[str]) -> None:
    assert calendar_pages(day) == pages


@pytest.mark.parametrize(
    ("zone", "now", "begun"),
    [
        ("Europe/Vienna", "2027-02-27T22:59", False),
        ("Europe/Vienna", "2027-02-27T23:00", True),
        ("Pacific/Auckland", "2027-02-27T11:00", True),
        ("America/New_York", "2027-02-28T04:00", False),
        ("America/New_York", "2027-02-28T05:00", True),
        ("no zone", "2027-02-28T00:00", True),
    ],
)
def test_the_day_begins_where_the_customer_lives(zone: str, now: str, begun: bool) -> None:
    event = build_announcement(BIRTHDAY, a_resident_of(zone), date(2027, 2, 28), at(now))
    assert (event is not None) == begun


def test_a_birthday_has_the_age_and_one_id_a_year() -> None:
    event = build_announcement(
        BIRTHDAY, a_resident_of("Europe/Vienna"), date(2027, 2, 28), at("2027-02-28")
    )
    assert event is not None
    assert (event.type, event.customer_id) == ("birthday.reached", "c-1")
    assert event.properties == {"years": 47, "day": "2027-02-28"}
    assert event.occurred_at == at("2027-02-27T23:00")
    again = build_announcement(BIRTHDAY, ANN, date(2027, 2, 28), at("2027-02-28T15:00"))
    assert again is not None
    assert again.id == event.id


def test_a_birthday_that_was_corrected_since_is_not_announced_on_the_old_day() -> None:
    corrected = ANN.with_changes(person={"birthday": "1980-03-01"})
    assert build_announcement(BIRTHDAY, corrected, date(2027, 2, 28), at("2027-02-28")) is None
    assert build_announcement(BIRTHDAY, Customer(customer_id="c-1"), NOON.date(), NOON) is None


def test_the_day_of_birth_is_no_birthday() -> None:
    born = ANN.with_changes(person={"birthday": "2028-02-29"})
    assert build_announcement(BIRTHDAY, born, date(2028, 2, 29), at("2028-02-29")) is None


def test_a_purchase_is_quoted_and_each_product_is_an_event_of_its_own() -> None:
    properties = {"end_of_life": "2026-11-30", "item": "22423", "amount": 5}
    first, second = (
        build_announcement(occasion, ANN, date(2026, 11, 30), at("2026-11-30"))
        for name in ("e-1", "e-2")
        for occasion in find_occasions(an_event("item.purchased", name, properties=properties))
    )
    assert first is not None
    assert second is not None
    assert first.type == "product.retired"
    assert first.properties == {
        "end_of_life": "2026-11-30",
        "item": "22423",
        "told_by": "e-1",
        "day": "2026-11-30",
    }
    assert first.id != second.id


ZONES = st.sampled_from(
    ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata", "Europe/London", "America/Sao_Paulo"]
)


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), ZONES, st.integers(2026, 2040))
def test_the_law_of_life_events(born: date, zone: str, year: int) -> None:
    """Hourly ticks announce a birthday on one local day of the year, under one id."""
    ann = Customer(
        customer_id="c-1",
        person={"birthday": born.isoformat()},
        place={"time_zone": zone},
    )
    (occasion,) = find_occasions(an_event(traits={"person": {"birthday": born.isoformat()}}))
    middle = datetime(year, born.month, min(born.day, 28), tzinfo=UTC)
    hours = [middle + timedelta(hours=n) for n in range(-72, 168)]
    events = [
        event
        for now in hours
        for day in find_current_days(now)
        if occasion.day in calendar_pages(day)
        and (event := build_announcement(occasion, ann, day, now))
    ]
    assert {event.id for event in events} == {f"calendar:birthday.reached:c-1:{year}"}
    assert len({event.properties["day"] for event in events}) == 1
    assert len(events) in (23, 24, 25)
