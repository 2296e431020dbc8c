"""The fields that a verb fills in: literal values, or Liquid that is rendered when it is done."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.errors import Rejected

_LIQUID = re.compile(r"{{|{%")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class VerbField:
    """`kind` is `text`, `number` or `flag`; `values` are the only ones it takes, if there are any;
    `longest` is in characters."""

    kind: str = "text"
    required: bool = False
    longest: int = 32_000
    values: tuple[str, ...] = ()
    description: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "values": tuple(data.get("values", ()))})

    def convert(self, given: Any) -> Any:
        """What is sent. Raises ValueError with what is wrong, which quotes nothing."""
        match self.kind:
            case "number":
                return _parse_number(given)
            case "flag":
                return _parse_flag(given)
        text = str(given).lower() if isinstance(given, bool) else str(given)
        if len(text) > self.longest:
            raise ValueError(f"has {len(text)} characters: {self.longest} at most")
        if self.values and text not in self.values:
            raise ValueError(f"is not one of {', '.join(self.values)}")
        return text


ANY_FIELD = VerbField()


def is_liquid(given: object) -> bool:
    return isinstance(given, str) and bool(_LIQUID.search(given))


def convert_fields(fields: Mapping[str, VerbField], given: Mapping[str, Any]) -> dict[str, Any]:
    """The rendered values as the system takes them. Raises `Rejected` naming the field, also for a
    required one that came out empty."""
    for name, field in fields.items():
        if field.required and given.get(name) in (None, ""):
            raise Rejected("is missing", f"fields.{name}")
    return {
        name: _convert_field(fields.get(name, ANY_FIELD), name, value)
        for name, value in given.items()
    }


def find_field_problems(
    fields: Mapping[str, VerbField], given: Mapping[str, Any], *, others: bool
) -> Iterator[str]:
    """What is wrong with the fields of a verb as far as can be known beforehand; with `others` the
    system has fields that nobody listed."""
    for name in fields:
        if fields[name].required and given.get(name) in (None, ""):
            yield f"fields.{name} is missing"
    for name, value in given.items():
        if name not in fields and not others:
            suggestion = format_suggestion(find_nearest(name, fields))
            yield f"there is no field {quote_value(name)}{suggestion}"
        elif not is_liquid(value):
            try:
                fields.get(name, ANY_FIELD).convert(value)
            except ValueError as wrong:
                close = find_nearest(str(value), fields.get(name, ANY_FIELD).values)
                yield f"fields.{name} {quote_value(value)} {wrong}{format_suggestion(close)}"


def _convert_field(field: VerbField, name: str, given: Any) -> Any:
    try:
        return field.convert(given.strip() if isinstance(given, str) else given)
    except ValueError as wrong:
        raise Rejected(str(wrong), f"fields.{name}") from wrong


def _parse_number(given: Any) -> int | float:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given
    text = str(given)
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    return float(text) if "." in text else int(text)


def _parse_flag(given: Any) -> bool:
    found = _FLAGS.get(str(given).lower())
    if found is None:
        raise ValueError("is neither true nor false")
    return found
