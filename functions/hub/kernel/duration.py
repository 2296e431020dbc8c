"""Durations as marketers write them: `20s`, `90m`, `2h`, `3d`, `1w`."""

import re
from datetime import timedelta

_LONGEST = timedelta(days=366)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d{1,8}) ?([smhdw])", re.ASCII)


def parse_duration(text: object) -> timedelta:
    """Parses a duration above 0 and up to 366 days. Raises ValueError with a text for the row."""
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if not match:
        raise ValueError("must be a number and a unit, such as 20s, 90m, 2h, 3d or 1w")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if not timedelta() < length <= _LONGEST:
        raise ValueError("must be more than 0s and at most 366d")
    return length
