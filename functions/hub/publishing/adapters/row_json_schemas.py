"""Marketers' rows against `schemas/catalogue`, in plain words, and the fields they may name."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import orjson
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from hub.catalogue.domain.row_reader import find_attribute
from hub.expression.domain.field_types import FieldTypes, build_field_types
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.publishing.domain.tables import TABLES

_SUFFIX = ".schema.json"
_ENVELOPE = "event"
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a map",
    "string": "a text",
}


class RowSchemas:
    """Calling it gives the problems of a tidy row: one an attribute, the one that matters most."""

    def __init__(self, schemas: Path | None = None) -> None:
        catalogue = (schemas or find_schemas_folder()) / "catalogue"
        self._validators = {
            table: Draft202012Validator(_read_schema(catalogue / f"{table}{_SUFFIX}"))
            for table in TABLES
        }

    def __call__(self, table: str, row: Mapping[str, Any]) -> list[str]:
        found: dict[str, list[tuple[ValidationError, str]]] = {}
        for error in self._validators[table].iter_errors(row):
            for words in _describe_error(error):
                found.setdefault(find_attribute(words), []).append((error, words))
        return [_pick_main_problem(errors) for errors in found.values()]


def load_declared_fields(schemas: Path | None = None) -> FieldTypes:
    """What the schemas of customer and surroundings and those in `events/` declare."""
    place = schemas or find_schemas_folder()
    files = {path.name.removesuffix(_SUFFIX): path for path in place.glob(f"events/*{_SUFFIX}")}
    events = {name: _read_schema(path) for name, path in files.items() if name != _ENVELOPE}
    customer, around = (
        _read_schema(place / f"{name}{_SUFFIX}") for name in ("customer", "surroundings")
    )
    return build_field_types(customer, events, around)


def _read_schema(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = orjson.loads(path.read_bytes())
    return schema


def _pick_main_problem(errors: list[tuple[ValidationError, str]]) -> str:
    best = best_match([error for error, _ in errors])
    return next((words for error, words in errors if error is best), errors[0][1])


def _describe_error(error: ValidationError) -> Iterator[str]:
    place, value, said = (
        _format_path(error),
        quote_value(error.instance),
        cast("Any", error.validator_value),
    )
    match error.validator:
        case "required":
            for name in set(said) - cast("Any", error.instance).keys():
                yield f"{place}.{name} is missing".removeprefix(".")
        case "additionalProperties":
            yield from _describe_unknown_names(place, error)
        case "enum":
            close = format_suggestion(find_nearest(str(error.instance), said))
            yield f"{place} {value} is not one of {', '.join(said)}{close}"
        case "type":
            kinds = [said] if isinstance(said, str) else said
            yield f"{place} is {value}: it wants {' or '.join(_TYPES[kind] for kind in kinds)}"
        case "pattern":
            yield f"{place} {value} is not {cast('Any', error.schema)['description']}"
        case bound:
            yield f"{place} {value} is out of bounds: {bound} is {said}"


def _describe_unknown_names(place: str, error: ValidationError) -> Iterator[str]:
    known = cast("Any", error.schema)["properties"]
    for name in cast("Any", error.instance).keys() - known.keys():
        written = f"{place}.{name}".removeprefix(".")
        yield f"{written} is not known here{format_suggestion(find_nearest(name, known))}"


def _format_path(error: ValidationError) -> str:
    """`then[1].template`: lists count from 1, as people do."""
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in error.path)
    return "".join(steps).removeprefix(".")
