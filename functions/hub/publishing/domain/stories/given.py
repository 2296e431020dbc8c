"""To whom a story happens, in which surroundings and when: named as conditions name it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import BLOCKS, Field, FieldTypes, Kind
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.publishing.domain.stories.story_event import AGO, Happening, happenings

_CUSTOMER, _AROUND, _KEYS = "customer", "surroundings", "identities"
_ROOTS = (_CUSTOMER, _AROUND, "now", "earlier", *BLOCKS, _KEYS)
_TYPES: Mapping[Kind, tuple[type, ...]] = {
    Kind.NUMBER: (int, float),
    Kind.TEXT: (str,),
    Kind.MOMENT: (str,),
    Kind.FLAG: (bool,),
    Kind.LIST: (list,),
}


@dataclass(frozen=True, slots=True)
class Given:
    """`fields` is dotted name -> value, as `customer.loyalty.tier` or
    `surroundings.stock.beans.available`. `earlier` events are remembered, not decided on."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    now: datetime | None = None
    earlier: tuple[Happening, ...] = ()


def read_given(reader: RowReader, types: FieldTypes) -> Given:
    """What is wrong is said to `reader`."""
    said = reader.row.get("given") or {}
    if not isinstance(said, Mapping):
        reader.say(f"given is {quoted(said)}: it wants a map such as {{'loyalty.tier': 'gold'}}")
        return Given()
    times = RowReader(said)
    now = times.time("now")
    reader.problems += [f"given.{problem}" for problem in times.problems]
    earlier = happenings(reader, "given.earlier", said.get("earlier"), AGO, types)
    return Given(dict(_fields(reader, said, types)), now, tuple(earlier))


def _fields(
    reader: RowReader, said: Mapping[str, Any], types: FieldTypes
) -> Iterator[tuple[str, Any]]:
    """By full name: who writes `loyalty.tier` means `customer.loyalty.tier`."""
    every = _declaring(types)
    for name, value in said.items():
        root = name.partition(".")[0]
        if root not in _ROOTS:
            reader.say(f"given.{name} is not known{did_you_mean(nearest(root, _ROOTS))}")
        elif root not in ("now", "earlier"):
            full = name if root in every.members else f"{_CUSTOMER}.{name}"
            for path, leaf in _leaves(full, value, every):
                if wrong := _wrong(path, leaf, every):
                    reader.say(f"given.{path} {wrong}")
                else:
                    yield path, leaf


def _declaring(types: FieldTypes) -> Field:
    keys = Field(Kind.BLOCK, rest=Field(Kind.ANY))
    customer = replace(types.customer, members={**types.customer.members, _KEYS: keys})
    return Field(Kind.BLOCK, members={_CUSTOMER: customer, _AROUND: types.surroundings})


def _leaves(path: str, value: Any, every: Field) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner, every)
    else:
        yield path, value


def _declared(path: str, every: Field) -> Field | None:
    found: Field | None = every
    for name in path.split("."):
        found = found.member(name) if found else None
    return found


def _wrong(path: str, value: Any, every: Field) -> str | None:
    declared = _declared(path, every)
    if declared is None:
        known = (name.removeprefix(".") for name in every.paths(""))
        return f"is not known{did_you_mean(nearest(path, known))}"
    if declared.kind is Kind.BLOCK or path.count(".") < 2:  # noqa: PLR2004 root.block.field
        return f"is {quoted(value)}: it wants one of its fields"
    wanted = _TYPES.get(declared.kind)
    flag = isinstance(value, bool) and declared.kind is not Kind.FLAG
    if wanted and (flag or not isinstance(value, wanted)):
        return f"is {quoted(value)}: it wants {declared.kind}"
    return None
