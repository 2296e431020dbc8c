"""The fields that a verb fills in: literal values, or Liquid that is rendered when it is done."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.kernel.errors import Rejected

_LIQUID = re.compile(r"{{|{%")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Field:
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

    def value(self, given: Any) -> Any:
        """What is sent. Raises ValueError with what is wrong, which quotes nothing."""
        match self.kind:
            case "number":
                return _number(given)
            case "flag":
                return _flag(given)
        text = str(given).lower() if isinstance(given, bool) else str(given)
        if len(text) > self.longest:
            raise ValueError(f"has {len(text)} characters: {self.longest} at most")
        if self.values and text not in self.values:
            raise ValueError(f"is not one of {', '.join(self.values)}")
        return text


ANY = Field()


def is_liquid(given: object) -> bool:
    return isinstance(given, str) and bool(_LIQUID.search(given))


def typed(fields: Mapping[str, Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """The rendered values as the system takes them. Raises `Rejected` naming the field, also for a
    required one that came out empty."""
    for name, field in fields.items():
        if field.required and given.get(name) in (None, ""):
            raise Rejected("is missing", f"fields.{name}")
    return {name: _value(fields.get(name, ANY), name, value) for name, value in given.items()}


def field_problems(
    fields: Mapping[str, Field], given: Mapping[str, Any], *, others: bool
) -> Iterator[str]:
    """What is wrong with the fields of a verb as far as can be known beforehand; with `others` the
    system has fields that nobody listed."""
    for name in fields:
        if fields[name].required and given.get(name) in (None, ""):
            yield f"fields.{name} is missing"
    for name, value in given.items():
        if name not in fields and not others:
            yield f"there is no field {quoted(name)}{did_you_mean(nearest(name, fields))}"
        elif not is_liquid(value):
            try:
                fields.get(name, ANY).value(value)
            except ValueError as wrong:
                close = nearest(str(value), fields.get(name, ANY).values)
                yield f"fields.{name} {quoted(value)} {wrong}{did_you_mean(close)}"


def _value(field: Field, name: str, given: Any) -> Any:
    try:
        return field.value(given.strip() if isinstance(given, str) else given)
    except ValueError as wrong:
        raise Rejected(str(wrong), f"fields.{name}") from wrong


def _number(given: Any) -> int | float:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given
    text = str(given)
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    return float(text) if "." in text else int(text)


def _flag(given: Any) -> bool:
    found = _FLAGS.get(str(given).lower())
    if found is None:
        raise ValueError("is neither true nor false")
    return found
