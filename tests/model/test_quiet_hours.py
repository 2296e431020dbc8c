"""Quiet hours where a clock is put forward or back, for every change of every zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.quiet_hours import QuietPeriod
from hub.model.wall_clock import find_day_start, find_first_instant, find_last_instant
from tests.model.zones import ClockChange, list_clock_changes, list_gaps, show

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
changes = st.sampled_from(list_clock_changes())


def is_quiet(period: QuietPeriod, at: datetime, zone: ZoneInfo) -> bool:
    return period.ends_at(at.astimezone(zone)) is not None


def test_the_zones_of_the_world_put_their_clocks_forward_and_back() -> None:
    gaps, every_change = list_gaps(), list_clock_changes()
    assert len(gaps) > 50
    assert len(every_change) - len(gaps) > 50
    assert {gap.after - gap.before for gap in gaps} >= {timedelta(hours=1), timedelta(minutes=30)}


def test_quiet_hours_that_end_in_a_skipped_hour_end_when_the_clock_is_put_forward() -> None:
    for zone, at, before, after in list_gaps():
        skipped = {before, after - MINUTE, before + (after - before) / 2}
        for end in skipped:
            period = QuietPeriod((before - timedelta(hours=5)).time(), end.time())
            last = (at - SECOND).astimezone(zone)
            assert period.ends_at(last) == at, (zone, end)
            assert not is_quiet(period, at, zone), (zone, end)


def test_quiet_hours_that_begin_in_a_skipped_hour_begin_when_the_clock_is_put_forward() -> None:
    for zone, at, before, after in list_gaps():
        for start in (before, after - MINUTE):
            period = QuietPeriod(start.time(), (after + timedelta(hours=5)).time())
            assert not is_quiet(period, at - SECOND, zone), (zone, start)
            assert is_quiet(period, at, zone), (zone, start)


@given(changes, st.integers(-180, 180), st.integers(1, 23 * 60), st.integers(-300, 300))
def test_it_is_quiet_from_when_the_clock_shows_the_start_until_it_shows_the_end_for_good(
    change: ClockChange, start_minute: int, length: int, minute: int
) -> None:
    """The clock is read at every minute around the change; nothing is known of `fold`."""
    zone, at, before, _ = change
    start = before + start_minute * MINUTE
    period = QuietPeriod(start.time(), (start + length * MINUTE).time())
    asked = at + minute * MINUTE
    quiet = False
    for ago in (-1, 0, 1):
        starts = start + timedelta(days=ago)
        ends = starts + length * MINUTE
        has_begun = any(show(asked - n * MINUTE, zone) >= starts for n in range(3 * 60))
        is_open = any(show(asked + n * MINUTE, zone) < ends for n in range(3 * 60))
        quiet |= has_begun and is_open
    assert is_quiet(period, asked, zone) == quiet


@given(changes, st.integers(-300, 300))
def test_a_time_on_the_wall_is_the_instants_at_which_the_clock_shows_it(
    change: ClockChange, minute: int
) -> None:
    zone, at, before, _ = change
    shown = before + minute * MINUTE
    around = [at + n * MINUTE for n in range(-800, 800)]
    first = next(instant for instant in around if show(instant, zone) >= shown)
    last = next(instant for instant in reversed(around) if show(instant, zone) < shown) + MINUTE
    assert find_first_instant(shown, zone) == first
    assert find_last_instant(shown, zone) == last


def test_a_clock_that_is_put_back_to_the_end_of_quiet_hours_never_shows_less_again() -> None:
    """In Cairo, 24:00 becomes 23:00 at 21:00 UTC."""
    end = datetime.combine(date(2027, 10, 28), time(23))
    last = find_last_instant(end, ZoneInfo("Africa/Cairo"))
    assert last == datetime(2027, 10, 28, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Berlin", date(2027, 6, 1), datetime(2027, 5, 31, 22, tzinfo=UTC)),
        ("America/Santiago", date(2027, 9, 5), datetime(2027, 9, 5, 4, tzinfo=UTC)),
        ("America/Havana", date(2027, 11, 7), datetime(2027, 11, 7, 4, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_a_day_begins_when_the_clock_first_shows_it(zone: str, day: date, start: datetime) -> None:
    assert find_day_start(day, ZoneInfo(zone)) == start


def test_quiet_hours_of_the_week_begin_on_their_own_days() -> None:
    sunday_evening = QuietPeriod(time(20), time(8), ("sunday",))
    zone = ZoneInfo("America/Sao_Paulo")
    assert is_quiet(sunday_evening, datetime(2026, 11, 30, 9, tzinfo=UTC), zone)
    assert not is_quiet(sunday_evening, datetime(2026, 11, 29, 9, tzinfo=UTC), zone)
