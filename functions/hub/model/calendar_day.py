"""Days, as sources state them and as calendars have them.

A date without a time is that day everywhere. A time is on the day that the customer's calendar
shows at that time.
"""

from datetime import MAXYEAR, date, datetime, time, tzinfo

from hub.kernel.times import parse_time

_DATE_LENGTH = len("2026-11-22")


def is_date(text: str) -> bool:
    """Whether an ISO text has no time."""
    return len(text) <= _DATE_LENGTH


def read_day(value: object, zone: tzinfo | None) -> date | None:
    """The day of a date, of a time or of its ISO text, on a calendar in that zone.

    None for anything else, and for a time that is not in the years 1 to 9999 there.
    """
    try:
        if isinstance(value, str):
            if is_date(value):
                return date.fromisoformat(value)
            value = parse_time(value)
        return value.astimezone(zone).date() if isinstance(value, datetime) else None
    except (ValueError, OverflowError):
        return None


def drop_midnight(text: str) -> str:
    """Returns `1990-05-20` for `1990-05-20T00:00:00+02:00` and any other midnight.

    Many systems write a date as the midnight with which it begins. Any other text is returned as it
    is.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if is_date(text) or at.time() != time.min else at.date().isoformat()


def find_anniversary(first: date, year: int) -> date | None:
    """The day on which it comes round in that year; 29 February moves to the 28th in other years.

    None if there is no such year.
    """
    if year > MAXYEAR:
        return None
    try:
        return first.replace(year=year)
    except ValueError:
        return first.replace(year=year, day=28)


def count_years(first: date, today: date) -> int:
    """How often the day came round since, up to and with today."""
    anniversary = find_anniversary(first, today.year)
    has_come = anniversary is not None and anniversary <= today
    return today.year - first.year - (not has_come)
