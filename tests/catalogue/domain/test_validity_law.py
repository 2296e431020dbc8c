"""Days in `starts` and `ends` against the calendar on the wall of every zone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.row_reader import RowReader
from hub.catalogue.domain.validity import Validity
from hub.model.wall_clock import find_day_start
from tests.model.zones import list_clock_changes, show

ZONES = st.sampled_from(sorted({change.zone.key for change in list_clock_changes()})).map(ZoneInfo)
EVERY_DAY = st.dates() | st.sampled_from([date.min, date.max])
DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31))
SECONDS = st.integers(-40 * 3600, 40 * 3600)
TIMES = st.builds(
    lambda day, seconds: (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    DAYS,
    SECONDS,
)


def validity_of(**row: Any) -> Validity:
    reader = RowReader({name: value for name, value in row.items() if value})
    validity = Validity.read(reader)
    assert reader.problems == []
    return validity


@given(ZONES, DAYS, st.integers(0, 3), st.integers(-4 * 24 * 60, 8 * 24 * 60))
def test_a_row_is_valid_on_the_days_that_the_customers_calendar_shows(
    zone: ZoneInfo, first: date, more: int, minute: int
) -> None:
    last = first + timedelta(days=more)
    validity = validity_of(starts=first.isoformat(), ends=last.isoformat())
    now = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(minutes=minute)
    assert validity.includes(now.astimezone(zone)) == (first <= show(now, zone).date() <= last)


@given(ZONES, DAYS)
def test_the_last_day_is_over_when_the_next_one_begins_where_the_customer_lives(
    zone: ZoneInfo, day: date
) -> None:
    validity = validity_of(ends=day.isoformat())
    end = find_day_start(day + timedelta(days=1), zone)
    assert validity.has_ended(end.astimezone(zone))
    assert not validity.has_ended((end - timedelta.resolution).astimezone(zone))


@given(ZONES, TIMES, TIMES)
def test_a_time_is_the_same_instant_for_all(
    zone: ZoneInfo, starts: datetime, now: datetime
) -> None:
    ends = starts + timedelta(hours=5)
    validity = validity_of(starts=starts.isoformat(), ends=ends.isoformat())
    assert validity.includes(now.astimezone(zone)) == (starts <= now < ends)
    assert not validity.has_days


LIMITS = st.one_of(st.none(), DAYS.map(date.isoformat), TIMES.map(datetime.isoformat))
VALIDITIES = st.builds(lambda starts, ends: validity_of(starts=starts, ends=ends), LIMITS, LIMITS)


@given(VALIDITIES, VALIDITIES, ZONES, TIMES)
def test_what_is_said_of_two_periods_holds_in_every_zone(
    validity: Validity, other: Validity, zone: ZoneInfo, now: datetime
) -> None:
    local_time = now.astimezone(zone)
    if validity.is_empty():
        assert not validity.includes(local_time)
    if validity.has_ended_everywhere(now):
        assert validity.has_ended(local_time)
    if validity.covers(other) and other.includes(local_time):
        assert validity.includes(local_time)


@given(DAYS, st.integers(-3, 3))
def test_a_period_of_days_is_empty_if_its_last_day_is_before_its_first(
    first: date, more: int
) -> None:
    last = first + timedelta(days=more)
    validity = validity_of(starts=first.isoformat(), ends=last.isoformat())
    assert validity.is_empty() == (more < 0)


@given(EVERY_DAY, EVERY_DAY, ZONES, TIMES)
def test_every_date_of_the_years_1_to_9999_is_safe(
    starts: date, ends: date, zone: ZoneInfo, now: datetime
) -> None:
    """As a day and as a time."""
    later = datetime(ends.year, ends.month, ends.day, 23, 59, tzinfo=UTC)
    for last in (ends.isoformat(), later.isoformat()):
        for first in (starts.isoformat(), f"{starts.isoformat()}T00:00:00Z"):
            validity = validity_of(starts=first, ends=last)
            validity.is_empty()
            validity.has_ended_everywhere(now)
            day = show(now, zone).date()
            if starts < day - timedelta(days=1) and day + timedelta(days=1) < ends:
                assert validity.includes(now.astimezone(zone))
            assert first[:10] in validity.describe()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, ""),
        (
            {"starts": "2026-12-01", "ends": "2026-12-24"},
            "starts on 2026-12-01 and ends with 2026-12-24, on each customer's own calendar",
        ),
        ({"ends": "2026-12-24T18:00:00+01:00"}, "ends at 2026-12-24T17:00:00.000Z"),
    ],
)
def test_the_feedback_says_whose_day_is_meant(row: Any, words: str) -> None:
    assert validity_of(**row).describe() == words
