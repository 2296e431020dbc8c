"""The situation of a story: the customer, the surroundings and the time, in the fields of
conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import BLOCKS, Field, FieldKind, FieldTypes
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.json_types import Json, JsonObject
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
FIRST_YEAR, LAST_YEAR = 1970, 2999
"""A story adds lengths of time to its `now`."""


@dataclass(frozen=True, slots=True)
class GivenSituation:
    """What `given` says. `fields` is dotted name -> value, such as `customer.loyalty.tier` or
    `surroundings.stock.beans.available`. `earlier` events are part of the profile; the hub does not
    decide on them."""

    fields: JsonObject = field(default_factory=dict)
    now: datetime | None = None
    earlier: tuple[StoryEvent, ...] = ()


def read_given(reader: RowReader, types: FieldTypes) -> GivenSituation:
    """Reads `given` and adds its problems to `reader`."""
    given = reader.row.get("given") or {}
    if not isinstance(given, Mapping):
        reader.add_problem(
            f"given is {quote_value(given)}: it must be a map such as {{'loyalty.tier': 'gold'}}"
        )
        return GivenSituation()
    inner = RowReader(given)
    now = inner.read_time("now")
    if now and not FIRST_YEAR <= now.year <= LAST_YEAR:
        inner.add_problem(f"now is not in the years {FIRST_YEAR} to {LAST_YEAR}")
        now = None
    reader.problems += [f"given.{problem}" for problem in inner.problems]
    earlier = read_story_events(reader, "given.earlier", given.get("earlier"), AGO, types)
    return GivenSituation(dict(_read_fields(reader, given, types)), now, tuple(earlier))


def _read_fields(
    reader: RowReader, given: JsonObject, types: FieldTypes
) -> Iterator[tuple[str, Json]]:
    """Yields full names with values: `loyalty.tier` is short for `customer.loyalty.tier`."""
    root_field = _build_root_field(types)
    for name, value in given.items():
        root = name.partition(".")[0]
        if root not in _ROOTS:
            reader.add_problem(
                f"given.{name} is not known{format_suggestion(find_nearest(root, _ROOTS))}"
            )
        elif root not in ("now", "earlier"):
            full_name = name if root in root_field.members else f"{_CUSTOMER}.{name}"
            for path, leaf in _flatten(full_name, value):
                if problem := _find_value_problem(path, leaf, root_field):
                    reader.add_problem(f"given.{path} {problem}")
                else:
                    yield path, leaf


def _build_root_field(types: FieldTypes) -> Field:
    keys = Field(FieldKind.BLOCK, rest=Field(FieldKind.ANY))
    customer = replace(types.customer, members={**types.customer.members, _IDENTITIES: keys})
    return Field(FieldKind.BLOCK, members={_CUSTOMER: customer, _SURROUNDINGS: types.surroundings})


def _flatten(path: str, value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flatten(f"{path}.{name}", inner)
    else:
        yield path, value


def _find_field(path: str, root_field: Field) -> Field | None:
    member: Field | None = root_field
    for name in path.split("."):
        member = member.member(name) if member else None
    return member


def _find_value_problem(path: str, value: Json, root_field: Field) -> str | None:
    declared = _find_field(path, root_field)
    if declared is None:
        paths = (name.removeprefix(".") for name in root_field.list_paths(""))
        return f"is not known{format_suggestion(find_nearest(path, paths))}"
    if declared.kind is FieldKind.BLOCK or path.count(".") < 2:  # noqa: PLR2004 root.block.field
        return f"is {quote_value(value)}: name one of its fields"
    wanted = _TYPES.get(declared.kind)
    is_wrong_flag = isinstance(value, bool) and declared.kind is not FieldKind.FLAG
    if wanted and (is_wrong_flag or not isinstance(value, wanted)):
        return f"is {quote_value(value)}: it must be {declared.kind}"
    return None
