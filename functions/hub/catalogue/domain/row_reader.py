"""Reads rows as marketers type them into the DynamoDB console."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hub.expression.domain import Expression, ExpressionError, compile_expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.duration import parse_duration
from hub.kernel.errors import Rejected
from hub.kernel.times import parse_time
from hub.model.calendar_day import is_date

Row = Mapping[str, Any]
NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
A_NAME = "a name (letters, digits, - _ .)"
EVENT_TYPE_PATTERN = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+", re.ASCII)
AN_EVENT_TYPE = "an event type such as order.completed"
_LARGEST = 10**9
_PUBLISHED = "published"
_LOWERCASE_ATTRIBUTES = {"status", "purpose", "kind"}


class InvalidRow(Rejected):
    """The row has problems. Each problem begins with the attribute that it is about."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


def find_attribute(problem: str) -> str:
    """The attribute of the row that a problem is about."""
    return re.split(r"[\s,.:\[]", problem, maxsplit=1)[0]


def tidy(row: Row, key: str) -> dict[str, Any]:
    """Returns the content of a row as JSON, without blanks at the ends of texts.

    DynamoDB's numbers and sets become Python's numbers and lists. `published` is left out. The
    attribute `key` stays as it is, since the table finds the row by it.
    """
    content = {str(name).strip(): _tidy(value) for name, value in row.items()}
    content.pop(_PUBLISHED, None)
    for name in _LOWERCASE_ATTRIBUTES & content.keys():
        if isinstance(content[name], str):
            content[name] = content[name].lower()
    if key in row:
        content[key] = row[key]
    return content


def _tidy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name).strip(): _tidy(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return list(map(_tidy, value))
    if isinstance(value, set | frozenset):
        return sorted(map(_tidy, value), key=repr)
    return _tidy_scalar(value)


def _tidy_scalar(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Decimal):
        return _to_number(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return [type(value).__name__]  # bytes: no attribute takes such a list, so it is a problem


def _to_number(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return str(value)
    return int(value) if value == value.to_integral_value() else float(value)


class RowReader:
    """Reads the attributes of one row and collects their problems.

    A method that finds a problem adds it and returns an empty or default value.
    """

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[str] = []

    def add_problem(self, problem: str) -> None:
        self.problems.append(problem)

    def read_text(
        self, name: str, pattern: re.Pattern[str] | None = None, *, expected: str = ""
    ) -> str:
        """Reads a text, empty if absent. With a pattern it is required and must match.

        `expected` describes the pattern in the problem, such as `a name`.
        """
        value = self.row.get(name)
        if value is None or value == "":
            if pattern:
                self.add_problem(f"{name} is missing")
            return ""
        if not isinstance(value, str):
            self.add_problem(f"{name} is {quote_value(value)}: it must be a text")
            return ""
        text = value.strip()
        if pattern and not pattern.fullmatch(text):
            self.add_problem(f"{name} {quote_value(text)} is not {expected}")
        return text

    def read_key(self, name: str) -> str:
        """Reads the key of the row. Blanks at its ends are a problem: they are part of the key."""
        text = self.read_text(name, NAME_PATTERN, expected=A_NAME)
        if text and text != self.row[name]:
            self.add_problem(f"{name} {quote_value(self.row[name])} has blanks at its ends")
        return text

    def read_one_of(self, name: str, choices: Sequence[str], default: str = "") -> str:
        """Reads one of the choices, in any case. Without a default it is required."""
        value = self.row.get(name)
        value = default if value is None or value == "" else value
        if isinstance(value, str) and value.strip().lower() in choices:
            return value.strip().lower()
        if value == "":
            self.add_problem(f"{name} is missing: it is one of {', '.join(choices)}")
        else:
            nearest = find_nearest(value, choices) if isinstance(value, str) else None
            self.add_problem(
                f"{name} {quote_value(value)} is not one of {', '.join(choices)}"
                f"{format_suggestion(nearest)}"
            )
        return default

    def read_whole_number(self, name: str, default: int = 0) -> int:
        """Reads a whole number, also one that is typed as a text."""
        value = self.row.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,9}\s*", value, re.ASCII):
            return int(value)
        number = value if type(value) in (int, float, Decimal) else None
        if number is not None and abs(number) < _LARGEST and number == int(number):
            return int(number)
        self.add_problem(f"{name} is {quote_value(value)}: it must be a whole number")
        return default

    def read_number(self, name: str, default: float, *, most: float = _LARGEST) -> float:
        """Reads a number from 0 to `most`."""
        value = self.row.get(name)
        if value is None or value == "":
            return default
        number = float(value) if type(value) in (int, float, Decimal) else None
        if number is not None and 0 <= number <= most:
            return number
        self.add_problem(f"{name} is {quote_value(value)}: it must be a number from 0 to {most:g}")
        return default

    def read_names(self, name: str) -> tuple[str, ...]:
        """Reads a list or set of names, or one name."""
        value = self.row.get(name)
        if value is None or value == "":
            return ()
        names = [value] if isinstance(value, str) else value
        if isinstance(names, list) and all(isinstance(item, str) and item for item in names):
            return tuple(names)
        self.add_problem(f"{name} is {quote_value(value)}: it must be a list of names")
        return ()

    def read_counts(self, name: str, names: Sequence[str], most: int) -> dict[str, int]:
        """Reads a map of `names` to whole numbers from 1 to `most`, such as {'day': 1}."""
        value = self.row.get(name)
        if value is None or value == "":
            return {}
        if not isinstance(value, Mapping):
            self.add_problem(
                f"{name} is {quote_value(value)}: it must be a map of {', '.join(names)}"
            )
            return {}
        counts = {}
        for key, count in value.items():
            if key not in names:
                self.add_problem(
                    f"{name}.{key} is not known here"
                    f"{format_suggestion(find_nearest(str(key), names))}"
                )
            elif type(count) is not int or not 1 <= count <= most:
                self.add_problem(
                    f"{name}.{key} is {quote_value(count)}:"
                    f" it must be a whole number from 1 to {most}"
                )
            else:
                counts[str(key)] = count
        return counts

    def read_duration(self, name: str) -> timedelta | None:
        """Reads a duration such as `30d`, None if absent."""
        text = self.read_text(name)
        try:
            return parse_duration(text) if text else None
        except ValueError as error:
            self.add_problem(f"{name} {quote_value(text)} {error}")
            return None

    def read_expression(self, name: str, fields: FieldTypes) -> Expression | None:
        """Compiles a condition, None if absent."""
        if name not in self.row:
            return None
        text = self.row[name]
        if not isinstance(text, str):
            self.add_problem(
                f"{name} is {quote_value(text)}: it must be a text such as event.total >= 2000"
            )
            return None
        try:
            return compile_expression(text, fields)
        except ExpressionError as error:
            self.problems += [f"{name}, {problem}" for problem in error.problems]
            return None

    def read_time(self, name: str) -> datetime | None:
        """Reads an ISO time, in UTC unless it has an offset; None if absent.

        A date is its first instant in UTC.
        """
        day_or_time = self.read_day_or_time(name)
        if day_or_time is None or isinstance(day_or_time, datetime):
            return day_or_time
        return datetime.combine(day_or_time, time.min, UTC)

    def read_day_or_time(self, name: str) -> date | None:
        """Reads a date, or an ISO time as a `datetime` in UTC; None if absent."""
        text = self.read_text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text) if is_date(text) else parse_time(text)
        except ValueError:
            self.add_problem(f"{name} {quote_value(text)} is not a date: write it as 2026-11-22")
            return None

    def raise_if_invalid(self) -> None:
        """Raises `InvalidRow` if there are problems."""
        if self.problems:
            raise InvalidRow(self.problems)
