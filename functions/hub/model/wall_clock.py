"""What a clock on the wall of a time zone shows, as instants in UTC.

Where the clock is put back, it shows some times twice. Where it is put forward, it skips some: its
first later time is that of the change. PEP 495 tells the two apart by `fold`.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def find_first_instant(shown: datetime, zone: tzinfo | None) -> datetime:
    """The first instant, in UTC, at which the clock shows `shown` or later; None is UTC.

    `shown` has no time zone. Raises OverflowError if the instant is not in the years 1 to 9999.
    """
    return _find_instant(shown.replace(fold=0), zone or UTC)


def find_last_instant(shown: datetime, zone: tzinfo | None) -> datetime:
    """The first instant, in UTC, from which on the clock shows `shown` or later for good.

    If the clock shows `shown` twice, it is the second time, unless the clock is put back to just
    `shown` and so never shows less again.
    """
    zone = zone or UTC
    last = _find_instant(shown.replace(fold=1), zone)
    was, now = ((last - ago).astimezone(zone).utcoffset() for ago in (_SECOND, timedelta()))
    return last if was == now else find_first_instant(shown, zone)


def find_day_start(day: date, zone: tzinfo | None) -> datetime:
    """The first instant of the day in that zone, in UTC. Raises OverflowError as above."""
    return find_first_instant(datetime.combine(day, time.min), zone)


def _find_instant(shown: datetime, zone: tzinfo) -> datetime:
    instant = shown.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) == shown.replace(fold=0):
        return instant
    # The clock skips this time. With fold=1 an instant before the change is meant, with fold=0 one
    # after it.
    before, after = (
        shown.replace(tzinfo=zone, fold=fold).astimezone(UTC).replace(microsecond=0)
        for fold in (1, 0)
    )
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
