"""Times of a database, up to the ends of the calendar."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.sql_row import to_json_value

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=OFFSETS))
def test_every_time_of_a_database_is_a_text_of_the_same_instant(at: datetime) -> None:
    text = to_json_value(at)
    assert isinstance(text, str)
    assert datetime.fromisoformat(text) == at


def test_a_time_that_utc_does_not_have_keeps_its_offset() -> None:
    last = datetime.max.replace(microsecond=0, tzinfo=timezone(timedelta(hours=-5)))
    assert to_json_value(last) == "9999-12-31T23:59:59-05:00"
    assert to_json_value(last.replace(tzinfo=UTC)) == "9999-12-31T23:59:59Z"
