"""The fields that a verb fills in: literal values, or Liquid that is rendered when it is sent."""

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
    """A field. `kind` is `text`, `number` or `flag`. `values` are the allowed ones (empty: any).
    `longest` is in characters."""

    kind: str = "text"
    required: bool = False
    longest: int = 32_000
    values: tuple[str, ...] = ()
    description: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "values": tuple(data.get("values", ()))})

    def convert(self, value: Any) -> Any:
        """Returns the value as it is sent. Raises `ValueError` with the problem, which does not
        quote the value."""
        match self.kind:
            case "number":
                return _parse_number(value)
            case "flag":
                return _parse_flag(value)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if len(text) > self.longest:
            raise ValueError(f"has {len(text)} characters: {self.longest} at most")
        if self.values and text not in self.values:
            raise ValueError(f"is not one of {', '.join(self.values)}")
        return text


ANY_FIELD = VerbField()


def is_liquid(value: object) -> bool:
    """Whether the value is a text with Liquid in it."""
    return isinstance(value, str) and bool(_LIQUID.search(value))


def convert_fields(fields: Mapping[str, VerbField], values: Mapping[str, Any]) -> dict[str, Any]:
    """Converts the rendered values of a verb. Raises `Rejected` with the field, also for a required
    field whose value is empty."""
    for name, field in fields.items():
        if field.required and values.get(name) in (None, ""):
            raise Rejected("is missing", f"fields.{name}")
    return {
        name: _convert_field(fields.get(name, ANY_FIELD), name, value)
        for name, value in values.items()
    }


def find_field_problems(
    fields: Mapping[str, VerbField], values: Mapping[str, Any], *, others: bool
) -> Iterator[str]:
    """Yields the problems of a verb's values that are known before Liquid is rendered.

    With `others` the system takes fields that are not in `fields`.
    """
    for name in fields:
        if fields[name].required and values.get(name) in (None, ""):
            yield f"fields.{name} is missing"
    for name, value in values.items():
        if name not in fields and not others:
            suggestion = format_suggestion(find_nearest(name, fields))
            yield f"there is no field {quote_value(name)}{suggestion}"
        elif not is_liquid(value):
            try:
                fields.get(name, ANY_FIELD).convert(value)
            except ValueError as error:
                nearest = find_nearest(str(value), fields.get(name, ANY_FIELD).values)
                yield f"fields.{name} {quote_value(value)} {error}{format_suggestion(nearest)}"


def _convert_field(field: VerbField, name: str, value: Any) -> Any:
    try:
        return field.convert(value.strip() if isinstance(value, str) else value)
    except ValueError as error:
        raise Rejected(str(error), f"fields.{name}") from error


def _parse_number(value: Any) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    return float(text) if "." in text else int(text)


def _parse_flag(value: Any) -> bool:
    flag = _FLAGS.get(str(value).lower())
    if flag is None:
        raise ValueError("is neither true nor false")
    return flag
