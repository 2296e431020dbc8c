"""To whom a story happens, in which surroundings and when: named as conditions name it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import BLOCKS, Field, FieldKind, FieldTypes
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.publishing.domain.stories.story_event import AGO, StoryEvent, read_story_events

_CUSTOMER, _SURROUNDINGS, _IDENTITIES = "customer", "surroundings", "identities"
_ROOTS = (_CUSTOMER, _SURROUNDINGS, "now", "earlier", *BLOCKS, _IDENTITIES)
_TYPES: Mapping[FieldKind, tuple[type, ...]] = {
    FieldKind.NUMBER: (int, float),
    FieldKind.TEXT: (str,),
    FieldKind.MOMENT: (str,),
    FieldKind.FLAG: (bool,),
    FieldKind.LIST: (list,),
}


@dataclass(frozen=True, slots=True)
class GivenSituation:
    """`fields` is dotted name -> value, as `customer.loyalty.tier` or
    `surroundings.stock.beans.available`. `earlier` events are remembered, not decided on."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    now: datetime | None = None
    earlier: tuple[StoryEvent, ...] = ()


def read_given(reader: RowReader, types: FieldTypes) -> GivenSituation:
    """What is wrong is said to `reader`."""
    said = reader.row.get("given") or {}
    if not isinstance(said, Mapping):
        reader.add_problem(
            f"given is {quote_value(said)}: it wants a map such as {{'loyalty.tier': 'gold'}}"
        )
        return GivenSituation()
    times = RowReader(said)
    now = times.read_time("now")
    reader.problems += [f"given.{problem}" for problem in times.problems]
    earlier = read_story_events(reader, "given.earlier", said.get("earlier"), AGO, types)
    return GivenSituation(dict(_read_fields(reader, said, types)), now, tuple(earlier))


def _read_fields(
    reader: RowReader, said: Mapping[str, Any], types: FieldTypes
) -> Iterator[tuple[str, Any]]:
    """By full name: who writes `loyalty.tier` means `customer.loyalty.tier`."""
    every = _build_root_field(types)
    for name, value in said.items():
        root = name.partition(".")[0]
        if root not in _ROOTS:
            reader.add_problem(
                f"given.{name} is not known{format_suggestion(find_nearest(root, _ROOTS))}"
            )
        elif root not in ("now", "earlier"):
            full = name if root in every.members else f"{_CUSTOMER}.{name}"
            for path, leaf in _flatten(full, value, every):
                if wrong := _find_value_problem(path, leaf, every):
                    reader.add_problem(f"given.{path} {wrong}")
                else:
                    yield path, leaf


def _build_root_field(types: FieldTypes) -> Field:
    keys = Field(FieldKind.BLOCK, rest=Field(FieldKind.ANY))
    customer = replace(types.customer, members={**types.customer.members, _IDENTITIES: keys})
    return Field(FieldKind.BLOCK, members={_CUSTOMER: customer, _SURROUNDINGS: types.surroundings})


def _flatten(path: str, value: Any, every: Field) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flatten(f"{path}.{name}", inner, every)
    else:
        yield path, value


def _find_field(path: str, every: Field) -> Field | None:
    found: Field | None = every
    for name in path.split("."):
        found = found.member(name) if found else None
    return found


def _find_value_problem(path: str, value: Any, every: Field) -> str | None:
    declared = _find_field(path, every)
    if declared is None:
        known = (name.removeprefix(".") for name in every.list_paths(""))
        return f"is not known{format_suggestion(find_nearest(path, known))}"
    if declared.kind is FieldKind.BLOCK or path.count(".") < 2:  # noqa: PLR2004 root.block.field
        return f"is {quote_value(value)}: it wants one of its fields"
    wanted = _TYPES.get(declared.kind)
    flag = isinstance(value, bool) and declared.kind is not FieldKind.FLAG
    if wanted and (flag or not isinstance(value, wanted)):
        return f"is {quote_value(value)}: it wants {declared.kind}"
    return None
