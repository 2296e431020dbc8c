"""Rows as marketers type them into the DynamoDB console, and how they are taken."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.expression.domain import Expression, ExpressionError, compile_expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.kernel.duration import duration
from hub.kernel.errors import Rejected
from hub.kernel.times import moment

Row = Mapping[str, Any]
# Each table names only what stands in those behind it.
KEYS = {
    "stories": "story_id",
    "audiences": "audience_id",
    "rules": "rule_id",
    "offers": "offer_id",
    "policies": "policy_id",
    "templates": "template_id",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
A_NAME = "a name (letters, digits, - _ .)"
EVENT_TYPE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+", re.ASCII)
AN_EVENT_TYPE = "an event type such as order.completed"
_LARGEST = 10**9
_PUBLISHED = "published"
_LOWERED = {"status", "purpose", "kind"}


class RowRefused(Rejected):
    """This row cannot be used. Each problem begins with the attribute that it is about."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


def attribute(problem: str) -> str:
    """The attribute of the row that a problem is about."""
    return re.split(r"[\s,.:\[]", problem, maxsplit=1)[0]


def tidy(table: str, row: Row) -> dict[str, Any]:
    """The row's content as JSON: DynamoDB's numbers and sets as Python's, blanks at the ends of
    texts gone, `published` left out. The key stays as it is, since the row is found by it."""
    key = KEYS[table]
    content = {str(name).strip(): _tidy(value) for name, value in row.items()}
    content.pop(_PUBLISHED, None)
    for name in _LOWERED & content.keys():
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
    return _tidy_one(value)


def _tidy_one(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Decimal):
        return _number(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return [type(value).__name__]  # bytes: nothing wants a list of that, so the row says so


def _number(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return str(value)
    return int(value) if value == value.to_integral_value() else float(value)


class RowReader:
    """Reads one attribute after the other and collects what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[str] = []

    def say(self, problem: str) -> None:
        self.problems.append(problem)

    def text(self, name: str, pattern: re.Pattern[str] | None = None, *, wanted: str = "") -> str:
        """A text, empty when absent; with a pattern it has to be there and to look like it."""
        value = self.row.get(name)
        if value is None or value == "":
            if pattern:
                self.say(f"{name} is missing")
            return ""
        if not isinstance(value, str):
            self.say(f"{name} is {quoted(value)}: it wants a text")
            return ""
        text = value.strip()
        if pattern and not pattern.fullmatch(text):
            self.say(f"{name} {quoted(text)} is not {wanted}")
        return text

    def key(self, name: str) -> str:
        """The row's own name, as it is: a blank at its end is part of it."""
        text = self.text(name, NAME, wanted=A_NAME)
        if text and text != self.row[name]:
            self.say(f"{name} {quoted(self.row[name])} has blanks at its ends")
        return text

    def one_of(self, name: str, known: Sequence[str], default: str = "") -> str:
        value = self.row.get(name)
        value = default if value is None or value == "" else value
        if isinstance(value, str) and value.strip().lower() in known:
            return value.strip().lower()
        if value == "":
            self.say(f"{name} is missing: it is one of {', '.join(known)}")
        else:
            close = did_you_mean(nearest(value, known)) if isinstance(value, str) else ""
            self.say(f"{name} {quoted(value)} is not one of {', '.join(known)}{close}")
        return default

    def whole(self, name: str, default: int = 0) -> int:
        """A whole number, also one typed as a text."""
        value = self.row.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,9}\s*", value, re.ASCII):
            return int(value)
        number = value if type(value) in (int, float, Decimal) else None
        if number is not None and abs(number) < _LARGEST and number == int(number):
            return int(number)
        self.say(f"{name} is {quoted(value)}: it wants a whole number")
        return default

    def number(self, name: str, default: float, *, most: float = _LARGEST) -> float:
        """A number that is not negative."""
        value = self.row.get(name)
        if value is None or value == "":
            return default
        number = float(value) if type(value) in (int, float, Decimal) else None
        if number is not None and 0 <= number <= most:
            return number
        self.say(f"{name} is {quoted(value)}: it wants a number from 0 to {most:g}")
        return default

    def names(self, name: str) -> tuple[str, ...]:
        """A list or set of names, or one name."""
        value = self.row.get(name)
        if value is None or value == "":
            return ()
        found = [value] if isinstance(value, str) else value
        if isinstance(found, list) and all(isinstance(one, str) and one for one in found):
            return tuple(found)
        self.say(f"{name} is {quoted(value)}: it wants a list of names")
        return ()

    def counts(self, name: str, known: Sequence[str], most: int) -> dict[str, int]:
        """A map of whole numbers from 1, such as {'day': 1, 'week': 3}."""
        value = self.row.get(name)
        if value is None or value == "":
            return {}
        if not isinstance(value, Mapping):
            self.say(f"{name} is {quoted(value)}: it wants a map of {', '.join(known)}")
            return {}
        found = {}
        for key, count in value.items():
            if key not in known:
                self.say(f"{name}.{key} is not known here{did_you_mean(nearest(str(key), known))}")
            elif type(count) is not int or not 1 <= count <= most:
                self.say(
                    f"{name}.{key} is {quoted(count)}: it wants a whole number from 1 to {most}"
                )
            else:
                found[str(key)] = count
        return found

    def lasting(self, name: str) -> timedelta | None:
        """A length of time such as `30d`; None when absent."""
        text = self.text(name)
        try:
            return duration(text) if text else None
        except ValueError as wrong:
            self.say(f"{name} {quoted(text)} {wrong}")
            return None

    def expression(self, name: str, fields: FieldTypes) -> Expression | None:
        """A condition; None when absent."""
        if name not in self.row:
            return None
        text = self.row[name]
        if not isinstance(text, str):
            self.say(f"{name} is {quoted(text)}: it wants a text such as event.total >= 2000")
            return None
        try:
            return compile_expression(text, fields)
        except ExpressionError as error:
            self.problems += [f"{name}, {problem}" for problem in error.problems]
            return None

    def time(self, name: str, *, end: bool = False) -> datetime | None:
        """A date or an ISO time, UTC unless it says otherwise; a date that ends is included."""
        text = self.text(name)
        if not text:
            return None
        try:
            at = moment(text)
            whole_day = end and len(text) <= len("2026-12-31")
            return at + timedelta(days=1) if whole_day else at
        except (ValueError, OverflowError):
            self.say(f"{name} {quoted(text)} is not a date: write it as 2026-11-22")
            return None

    def finish(self) -> None:
        if self.problems:
            raise RowRefused(self.problems)
