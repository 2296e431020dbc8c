"""Lengths of time as marketers write them: `20s`, `90m`, `2h`, `3d`, `1w`."""

import re
from datetime import timedelta

_LONGEST = timedelta(days=366)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WRITTEN = re.compile(r"(\d{1,8}) ?([smhdw])", re.ASCII)


def parse_duration(text: object) -> timedelta:
    """More than nothing and at most 366 days. Raises ValueError with a sentence for the row."""
    read = _WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if not read:
        raise ValueError("wants a number and a unit, such as 20s, 90m, 2h, 3d or 1w")
    length = timedelta(**{_UNITS[read[2]]: int(read[1])})
    if not timedelta() < length <= _LONGEST:
        raise ValueError("wants more than 0s and at most 366d")
    return length
