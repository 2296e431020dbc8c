"""Days against an oracle that counts them one by one, from day 1 of the year 1."""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.kernel.times import parse_time, to_iso
from hub.model.calendar_day import count_years, drop_midnight, find_anniversary, read_day
from tests.model.zones import list_clock_changes, show

ZONES = st.sampled_from(sorted({change.zone.key for change in list_clock_changes()})).map(ZoneInfo)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DATES = st.dates()
LEAP_DAYS = st.integers(1, 499).map(lambda n: n * 4).filter(isleap).map(lambda y: date(y, 2, 29))
MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTH_STARTS = (0, *accumulate(MONTH_LENGTHS))


def day_number(year: int, month: int, day: int) -> int:
    before = year - 1
    leap_days = before // 4 - before // 100 + before // 400 + (month > 2 and isleap(year))
    return before * 365 + leap_days + MONTH_STARTS[month - 1] + day


@given(DATES, ZONES)
def test_a_date_is_that_day_everywhere(day: date, zone: ZoneInfo) -> None:
    assert read_day(day.isoformat(), zone) == day


@given(st.timedeltas(timedelta(), timedelta(days=430 * 365)), ZONES, OFFSETS)
def test_a_time_is_on_the_day_that_the_clock_shows_whatever_offset_it_is_written_with(
    since_1971: timedelta, zone: ZoneInfo, offset: timezone
) -> None:
    moment = datetime(1971, 1, 1, tzinfo=UTC) + since_1971
    expected = show(moment, zone).date()
    assert read_day(moment.astimezone(offset).isoformat(), zone) == expected
    assert read_day(moment.isoformat(), zone) == expected
    assert read_day(moment, zone) == expected


@given(st.datetimes(timezones=OFFSETS), ZONES)
def test_every_time_of_the_years_1_to_9999_is_safe(at: datetime, zone: ZoneInfo) -> None:
    """Times that are outside of them in UTC are no times."""
    minutes = day_number(at.year, at.month, at.day) * 1440 + at.hour * 60 + at.minute
    offset = at.utcoffset()
    assert offset is not None
    in_range = 1440 <= minutes - offset // timedelta(minutes=1) < day_number(9999, 12, 31) * 1440
    read_day(at.isoformat(), zone)
    if in_range:
        assert parse_time(at.isoformat()) == at
        assert to_iso(parse_time(to_iso(at))) == to_iso(at)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "9999-12-31T20:00:00-14:00"]
)
def test_a_time_outside_the_years_1_to_9999_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="not in the years 1 to 9999"):
        parse_time(text)
    assert read_day(text, UTC) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_a_calendar_has_no_day_before_the_first_or_after_the_last(text: str) -> None:
    assert read_day(text, UTC) is not None
    missing = "America/Los_Angeles" if text < "1" else "Pacific/Auckland"
    assert read_day(text, ZoneInfo(missing)) is None


@given(st.dates(), st.one_of(OFFSETS, st.none()))
def test_a_midnight_is_the_date_with_which_it_is_written(
    day: date, offset: timezone | None
) -> None:
    midnight = datetime.combine(day, time.min, offset)
    assert drop_midnight(midnight.isoformat()) == day.isoformat()
    assert drop_midnight(day.isoformat()) == day.isoformat()
    later = midnight.replace(second=1).isoformat()
    assert drop_midnight(later) == later


@given(st.text(max_size=30))
def test_a_text_that_is_no_midnight_stays(text: str) -> None:
    assume("00:00" not in text and "T00" not in text)
    assert drop_midnight(text) == text


@given(DATES | LEAP_DAYS, DATES | LEAP_DAYS)
def test_years_are_counted_on_the_day_that_comes_round(first: date, today: date) -> None:
    """The years are the anniversaries that have come: each of them is looked at."""
    assume(first <= today)
    years = 0
    for year in range(first.year + 1, today.year + 1):
        day = 28 if (first.month, first.day) == (2, 29) and not isleap(year) else first.day
        anniversary = find_anniversary(first, year)
        assert anniversary is not None
        assert (anniversary.year, anniversary.month, anniversary.day) == (year, first.month, day)
        years += day_number(year, first.month, day) <= day_number(
            today.year, today.month, today.day
        )
    assert count_years(first, today) == years


def test_there_is_no_anniversary_after_the_year_9999() -> None:
    assert find_anniversary(date(2000, 2, 29), 10_000) is None
