"""Date patterns: those of CLDR (`d MMMM`), and those of strftime (`%d %B`) as Liquid's manual has
them. Names of days and months are in the reader's language in both.

https://www.unicode.org/reports/tr35/tr35-dates.html#Date_Field_Symbol_Table
https://shopify.github.io/liquid/filters/date/
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    format_time,
    parse_pattern,
    tokenize_pattern,
)

STYLES = ("short", "medium", "long", "full")
_DIRECTIVE = re.compile(r"%(?P<flags>[-_0^#:]*)(?P<width>[0-9]{0,2})(?P<letter>.?)", re.DOTALL)
_TIME_FIELDS = frozenset("abBhHKkmsSAzZOvVXx")
_ANY_TIME, _ANY_LOCALE = datetime(2026, 11, 25, tzinfo=UTC), Locale("en")
_HOURS = frozenset("hHKk")
_ABBREVIATIONS = {
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "r": "%I:%M:%S %p",
    "v": "%e-%b-%Y",
}
_NAMES = {"a": "EEE", "A": "EEEE", "b": "MMM", "h": "MMM", "B": "MMMM", "p": "a", "P": "a"}
_PADDED_WITH_BLANKS = {"e": "d", "k": "H", "l": "I"}
_WRITTEN_ALIKE_EVERYWHERE = frozenset("dmyYjuwUWVG") | frozenset("HIMS")
_COMPUTED: Mapping[str, Callable[[datetime], str]] = {
    "C": lambda moment: f"{moment.year // 100:02}",
    "L": lambda moment: f"{moment.microsecond // 1000:03}",
    "N": lambda moment: f"{moment.microsecond:06}000",
    "s": lambda moment: str(int(moment.timestamp())),
    "z": lambda moment: moment.strftime("%z"),
    "Z": lambda moment: moment.tzname() or "",
}
_OF_LOCALE: Mapping[str, Callable[[datetime, Locale], str]] = {
    "c": lambda moment, locale: format_datetime(moment, "medium", locale=locale),
    "x": lambda moment, locale: format_date(moment, "short", locale=locale),
    "X": lambda moment, locale: format_time(moment, "medium", locale=locale),
}
_CHARACTERS = {"%": "%", "n": "\n", "t": "\t"}
_KNOWN_LETTERS = frozenset().union(
    _NAMES, _PADDED_WITH_BLANKS, _WRITTEN_ALIKE_EVERYWHERE, _COMPUTED, _OF_LOCALE, _CHARACTERS
)
_OF_THE_TIME = frozenset("HIMSklpPLNszZcX")
_HINTS = {
    "ddd": "EEE is the short name of the day",
    "dddd": "EEEE is the name of the day",
    "mmm": "MMM is the short name of the month",
    "mmmm": "MMMM is the name of the month",
    "hhhh": "HH is the hour",
    "HHHH": "HH is the hour",
}


class PatternError(ValueError):
    """A pattern that cannot be read, or not for this value. Its text is for the author."""


def format_by_pattern(at: date, pattern: str, locale: Locale) -> str:
    """Formats a time, or a day without a time, by a pattern of either kind.

    Raises `PatternError` for a pattern that cannot be read, and for the hour of a day without one.
    """
    problem = _find_unreadable_part(pattern)
    if not problem and not isinstance(at, datetime) and _names_time_of_day(pattern):
        problem = f"{pattern!r} asks for the time of day, and {at} is a day without one"
    if problem:
        raise PatternError(problem)
    if "%" not in pattern:
        return parse_pattern(pattern).apply(at, locale)
    moment = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day)  # noqa: DTZ001 a day is no moment
    complete = _expand_abbreviations(pattern)
    has_day = any(match["letter"] in ("d", "e") for match in _DIRECTIVE.finditer(complete))
    return _DIRECTIVE.sub(lambda match: _write(match, moment, locale, has_day=has_day), complete)


def find_pattern_problem(pattern: str) -> str:
    """Says what is wrong with a pattern; empty if nothing is.

    Besides what cannot be read, it finds what marketers hardly mean: `mm`, the minutes, for a
    month; `DD`, the day of the year, beside a month; `YYYY`, the year that a week belongs to.
    """
    if pattern in STYLES:
        return ""
    if problem := _find_unreadable_part(pattern):
        return problem
    return "" if "%" in pattern else _find_confusion(pattern)


def _find_unreadable_part(pattern: str) -> str:
    if "%" in pattern:
        return next(
            (
                f"{match[0]!r} is not part of a date pattern"
                for match in _DIRECTIVE.finditer(_expand_abbreviations(pattern))
                if match["letter"] not in _KNOWN_LETTERS
            ),
            "",
        )
    for letter, count in _list_fields(pattern):
        field = letter * count
        if not _is_known_field(field):
            hint = f": {_HINTS[field]}" if field in _HINTS else ""
            return f"{field!r} is not part of a date pattern{hint}"
    return ""


@lru_cache(maxsize=512)
def _is_known_field(field: str) -> bool:
    """Babel refuses some fields of CLDR, in other ways than it refuses wrong ones."""
    try:
        parse_pattern(field).apply(_ANY_TIME, _ANY_LOCALE)
    except (KeyError, NotImplementedError, ValueError):
        return False
    return True


def _find_confusion(pattern: str) -> str:
    fields = dict(_list_fields(pattern))
    if pattern.count("'") % 2:
        return f"a quote in {pattern!r} is not closed"
    if not fields:
        return f"{pattern!r} is no date pattern: use {', '.join(STYLES)} or one such as 'd MMMM'"
    if "Y" in fields and "w" not in fields:
        return f"{'Y' * fields['Y']!r} is the year that a week belongs to: write yyyy for the year"
    if "D" in fields and fields.keys() & {"M", "L"}:
        return f"{'D' * fields['D']!r} is the day of the year: write d or dd for the day"
    if "m" in fields and not fields.keys() & (_HOURS | {"s"}):
        return f"{'m' * fields['m']!r} is the minutes: write M or MM for the month"
    return ""


def _names_time_of_day(pattern: str) -> bool:
    if "%" in pattern:
        complete = _expand_abbreviations(pattern)
        return any(match["letter"] in _OF_THE_TIME for match in _DIRECTIVE.finditer(complete))
    return any(letter in _TIME_FIELDS for letter, _ in _list_fields(pattern))


def _list_fields(pattern: str) -> Iterator[tuple[str, int]]:
    for kind, value in tokenize_pattern(pattern):
        if kind == "field" and isinstance(value, tuple):
            yield value


def _expand_abbreviations(pattern: str) -> str:
    return _DIRECTIVE.sub(
        lambda match: (
            _ABBREVIATIONS.get(match["letter"], match[0])
            if not match["flags"] and not match["width"]
            else match[0]
        ),
        pattern,
    )


def _write(match: re.Match[str], moment: datetime, locale: Locale, *, has_day: bool) -> str:
    letter, flags, width = match["letter"], match["flags"], int(match["width"] or 0)
    if letter in _CHARACTERS:
        return _CHARACTERS[letter]
    if letter in _NAMES:
        return _change_case(_write_name(letter, moment, locale, has_day=has_day), flags, letter)
    if letter in _OF_LOCALE:
        return _OF_LOCALE[letter](moment, locale)
    if letter in _COMPUTED:
        text = _COMPUTED[letter](moment)
        if letter == "N" and width:
            return text[:width]
        return f"{text[:-2]}:{text[-2:]}" if letter == "z" and ":" in flags and text else text
    digits = moment.strftime(f"%{_PADDED_WITH_BLANKS.get(letter, letter)}")
    return _pad(
        digits, "_" if letter in _PADDED_WITH_BLANKS and "0" not in flags else "", flags, width
    )


def _write_name(letter: str, moment: datetime, locale: Locale, *, has_day: bool) -> str:
    """A month without a day has a form of its own in some languages: `LLLL`."""
    field = _NAMES[letter]
    return parse_pattern(field if has_day else field.replace("M", "L")).apply(moment, locale)


def _change_case(name: str, flags: str, letter: str) -> str:
    if "^" in flags or ("#" in flags and letter != "p"):
        return name.upper()
    return name.lower() if letter == "P" or "#" in flags else name


def _pad(digits: str, usual: str, flags: str, width: int) -> str:
    bare = digits.lstrip("0") or "0"
    if "-" in flags:
        return bare
    size = max(len(digits), width)
    return bare.rjust(size) if "_" in (*flags, usual) else digits.rjust(size, "0")
