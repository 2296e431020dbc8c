"""The periods of the customer's calendar, and what is kept for them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hub.model.contact_history import NO_CONTACT_HISTORY
from hub.model.customer_clock import period_starts
from hub.model.wall_clock import find_day_start
from tests.factories import a_customer
from tests.model.zones import list_clock_changes, show

ZONES = st.sampled_from(sorted({change.zone.key for change in list_clock_changes()}))
MONTHS = st.builds(date, st.integers(2026, 2031), st.integers(1, 12), st.just(1))
MAX_AHEAD = timedelta(days=1)


def epoch_milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


@given(ZONES, MONTHS, st.data())
def test_no_contact_of_the_customers_month_is_forgotten_in_it(
    zone_name: str, month: date, data: st.DataObject
) -> None:
    """Whatever is recorded in between, the first contact of the month counts until its last
    instant."""
    zone = ZoneInfo(zone_name)
    first, end = find_day_start(month, zone), find_day_start(next_month(month), zone)
    last = end - timedelta(milliseconds=1)
    until_last = (last - first + MAX_AHEAD) // timedelta(milliseconds=1)
    others = data.draw(st.lists(st.integers(0, until_last), max_size=8))
    contacts = [0, *others, until_last]
    history = NO_CONTACT_HISTORY
    for number, after in enumerate(contacts):
        at = first + timedelta(milliseconds=after)
        history = history.record_contact(at, "email", action_id=f"a-{number}")
    customer = a_customer(place={"time_zone": zone_name})
    month_start = period_starts(customer, last)["month"]
    assert month_start == epoch_milliseconds(first)
    assert history.count_contacts(month_start) == len(contacts)


@given(st.sampled_from(list_clock_changes()), st.integers(-60 * 24 * 8, 60 * 24 * 8))
def test_a_period_starts_when_the_clock_first_shows_its_first_day(
    change: tuple[ZoneInfo, datetime, datetime, datetime], minute: int
) -> None:
    zone, at = change[:2]
    now = at + timedelta(minutes=minute)
    today = show(now, zone).date()
    monday = today - timedelta(days=today.weekday())
    starts = period_starts(a_customer(place={"time_zone": zone.key}), now)
    for name, day in (("day", today), ("week", monday), ("month", today.replace(day=1))):
        start = datetime.fromtimestamp(starts[name] / 1000, UTC)
        assert show(start, zone).date() == day, name
        assert show(start - timedelta(milliseconds=1), zone).date() < day, name
