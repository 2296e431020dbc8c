"""Days in somebody's life: noted when told, announced when they begin where the customer lives."""

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


def living_in(zone: str) -> Customer:
    return ANN.with_changes(place={"time_zone": zone})


def test_a_birthday_and_a_wedding_day_stand_on_a_page_of_every_year() -> None:
    told = an_event(traits={"person": {"birthday": "1980-02-29", "anniversary": "2008-06-21"}})
    assert find_occasions(told) == [BIRTHDAY, Occasion("06-21", "c-1", "anniversary")]


def test_a_guarantee_is_announced_thirty_days_before_its_end_and_other_days_as_they_come() -> None:
    said = {"guarantee_until": "2028-11-22", "replace_after": "2027-05-01", "item": "22423"}
    pages_of = {
        one.kind: one.day for one in find_occasions(an_event("item.purchased", properties=said))
    }
    assert pages_of == {"guarantee_until": "2028-10-23", "replace_after": "2027-05-01"}


def test_a_guarantee_that_ends_sooner_is_announced_the_next_day() -> None:
    told = an_event("item.purchased", properties={"guarantee_until": "2026-12-01"})
    assert [one.day for one in find_occasions(told)] == ["2026-11-23"]


@pytest.mark.parametrize("nonsense", ["soon", "", 7, None, "2026-02-30", ["2026-01-01"]])
def test_what_is_no_day_is_left_out(nonsense: Any) -> None:
    said = an_event(traits={"person": {"birthday": nonsense}}, properties={"end_of_life": nonsense})
    assert find_occasions(said) == []


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2028, 2, 28), ["2028-02-28", "02-28"]),
        (date(2028, 2, 29), ["2028-02-29", "02-29"]),
        (date(2027, 2, 28), ["2027-02-28", "02-28", "02-29"]),
        (date(2027, 3, 1), ["2027-03-01", "03-01"]),
    ],
)
def test_who_was_born_on_29_february_has_a_birthday_every_year(day: date, found: list[str]) -> None:
    assert calendar_pages(day) == found


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
    told = build_announcement(BIRTHDAY, living_in(zone), date(2027, 2, 28), at(now))
    assert (told is not None) == begun


def test_a_birthday_says_how_old_they_are_and_has_one_id_a_year() -> None:
    told = build_announcement(
        BIRTHDAY, living_in("Europe/Vienna"), date(2027, 2, 28), at("2027-02-28")
    )
    assert told is not None
    assert (told.type, told.customer_id) == ("birthday.reached", "c-1")
    assert told.properties == {"years": 47, "day": "2027-02-28"}
    assert told.occurred_at == at("2027-02-27T23:00")
    again = build_announcement(BIRTHDAY, ANN, date(2027, 2, 28), at("2027-02-28T15:00"))
    assert again is not None
    assert again.id == told.id


def test_a_birthday_that_was_corrected_since_is_not_announced_on_the_old_day() -> None:
    corrected = ANN.with_changes(person={"birthday": "1980-03-01"})
    assert build_announcement(BIRTHDAY, corrected, date(2027, 2, 28), at("2027-02-28")) is None
    assert build_announcement(BIRTHDAY, Customer(customer_id="c-1"), NOON.date(), NOON) is None


def test_the_day_somebody_is_born_is_no_birthday() -> None:
    born = ANN.with_changes(person={"birthday": "2028-02-29"})
    assert build_announcement(BIRTHDAY, born, date(2028, 2, 29), at("2028-02-29")) is None


def test_what_was_bought_is_quoted_and_each_thing_is_an_event_of_its_own() -> None:
    said = {"end_of_life": "2026-11-30", "item": "22423", "amount": 5}
    first, second = (
        find_occasions(an_event("item.purchased", name, properties=said))[0]
        for name in ("e-1", "e-2")
    )
    told = [
        build_announcement(one, ANN, date(2026, 11, 30), at("2026-11-30"))
        for one in (first, second)
    ]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0].type == "product.retired"
    assert told[0].properties == {
        "end_of_life": "2026-11-30",
        "item": "22423",
        "told_by": "e-1",
        "day": "2026-11-30",
    }
    assert told[0].id != told[1].id


ZONES = st.sampled_from(
    ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata", "Europe/London", "America/Sao_Paulo"]
)


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), ZONES, st.integers(2026, 2040))
def test_the_law_of_life_events(born: date, zone: str, year: int) -> None:
    """Whoever ticks every hour announces a birthday in one local day of the year, under one id."""
    ann = Customer(
        customer_id="c-1",
        person={"birthday": born.isoformat()},
        place={"time_zone": zone},
    )
    (occasion,) = find_occasions(an_event(traits={"person": {"birthday": born.isoformat()}}))
    middle = datetime(year, born.month, min(born.day, 28), tzinfo=UTC)
    hours = [middle + timedelta(hours=n) for n in range(-72, 168)]
    told = [
        event
        for now in hours
        for day in find_current_days(now)
        if occasion.day in calendar_pages(day)
        and (event := build_announcement(occasion, ann, day, now))
    ]
    assert {event.id for event in told} == {f"calendar:birthday.reached:c-1:{year}"}
    assert len({event.properties["day"] for event in told}) == 1
    assert len(told) in (23, 24, 25)
