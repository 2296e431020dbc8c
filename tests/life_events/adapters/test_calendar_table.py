"""The mart's rows and the calendar's days: one contract for the fakes and the tables."""

from typing import Any

import pytest

from hub.kernel.errors import HubError
from hub.life_events.adapters.calendar_table import Calendar
from hub.life_events.domain.occasions import Occasion
from hub.life_events.ports import Calendar as CalendarPort
from hub.profile.adapters.mart_table import Mart
from hub.profile.domain.mart_row import MartRow
from hub.profile.ports import Mart as MartPort
from tests import fakes, moto_resources

BIRTHDAY = Occasion("02-29", "c-1", "birthday")
GUARANTEE = Occasion("2027-05-01", "c-1", "guarantee_until", "e-1", {"item": "22423"})


@pytest.fixture
def calendar(real: bool) -> CalendarPort:
    return Calendar(moto_resources.table("days", "day", "occasion")) if real else fakes.Calendar()


class TestCalendar:
    def test_a_page_has_the_occasions_of_its_day(self, calendar: CalendarPort) -> None:
        other = Occasion("02-29", "c-2", "birthday")
        calendar.note([BIRTHDAY, other, GUARANTEE])
        calendar.note([])
        occasions = calendar.read_open("02-29", "2028-02-29")
        assert sorted(occasions, key=lambda occasion: occasion.customer_id) == [BIRTHDAY, other]
        assert list(calendar.read_open("2027-05-01", "2027-05-01")) == [GUARANTEE]
        assert list(calendar.read_open("03-01", "2028-03-01")) == []

    def test_an_announced_birthday_comes_again_next_year(self, calendar: CalendarPort) -> None:
        calendar.note([BIRTHDAY])
        calendar.mark_announced(BIRTHDAY, "2027-02-28")
        assert list(calendar.read_open("02-29", "2027-02-28")) == []
        assert list(calendar.read_open("02-29", "2028-02-29")) == [BIRTHDAY]

    def test_a_repeated_occasion_remains_announced(self, calendar: CalendarPort) -> None:
        calendar.note([BIRTHDAY, GUARANTEE])
        calendar.mark_announced(GUARANTEE, "2027-05-01")
        calendar.note([GUARANTEE, BIRTHDAY, BIRTHDAY])
        assert list(calendar.read_open("2027-05-01", "2027-05-01")) == []
        assert list(calendar.read_open("02-29", "2027-02-28")) == [BIRTHDAY]

    def test_two_products_with_the_same_day_are_two_occasions(self, calendar: CalendarPort) -> None:
        second = Occasion("2027-05-01", "c-1", "guarantee_until", "e-2", {"item": "85123"})
        calendar.note([GUARANTEE, second])
        calendar.mark_announced(second, "2027-05-01")
        assert list(calendar.read_open("2027-05-01", "2027-05-01")) == [GUARANTEE]


@pytest.mark.usefixtures("in_aws")
def test_an_occasion_that_comes_once_expires_three_months_later() -> None:
    Calendar(moto_resources.table("days", "day", "occasion")).note([GUARANTEE, BIRTHDAY])
    expiry = {item["kind"]["S"]: item.get("expires") for item in moto_resources.items("days")}
    assert expiry == {"guarantee_until": {"N": "1816905600"}, "birthday": None}


@pytest.mark.usefixtures("in_aws")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_an_occasion_may_be_on_any_day_of_the_years_1_to_9999(day: str) -> None:
    calendar = Calendar(moto_resources.table("days", "day", "occasion"))
    occasion = Occasion(day, "c-1", "guarantee_until", "e-1")
    calendar.note([occasion])
    assert list(calendar.read_open(day, day)) == [occasion]


@pytest.mark.usefixtures("in_aws")
def test_a_missing_table_is_an_error() -> None:
    with pytest.raises(HubError):
        list(Calendar("nowhere").read_open("02-29", "2027-02-28"))


def a_row(**more: Any) -> MartRow:
    row = {"key": "4711", "customer_id": "c-1", "through": "2026-11-21", "event_id": "m-1"}
    row["received_on"] = "2026-11-23"
    return MartRow(**{**row, "as_of": "2026-11-22T01:00:00.000Z", "totals": {"count": 1}, **more})


LATER = a_row(as_of="2026-11-22T02:00:00.000Z", event_id="m-2")
NEXT = a_row(through="2026-11-22", as_of="2026-11-20T00:00:00.000Z", event_id="m-3")
AHEAD = a_row(through="2062-11-22", event_id="m-4")


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([a_row()], "m-1"),
        ([AHEAD, a_row()], "m-1"),
        ([a_row(), LATER], "m-2"),
        ([LATER, a_row()], "m-2"),
        ([NEXT, LATER], "m-3"),
        ([LATER, NEXT, NEXT], "m-3"),
    ],
)
def test_the_mart_keeps_the_row_that_is_complete_for_longest(
    real: bool, rows: list[MartRow], kept: str
) -> None:
    mart: MartPort = Mart(moto_resources.table("mart", "customer_key")) if real else fakes.Mart()
    for row in rows:
        mart.store(row)
    if isinstance(mart, fakes.Mart):
        assert mart.rows["4711"].event_id == kept
    else:
        (item,) = moto_resources.items("mart")
        assert (item["told_by"], item["customer_id"]) == ({"S": kept}, {"S": "c-1"})
