"""Checks marketers' rows against `schemas/catalogue` and loads the fields that they may name."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import orjson
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from hub.catalogue.domain.row_reader import find_attribute
from hub.expression.domain.field_types import FieldTypes, build_field_types
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.json_types import Json, JsonObject
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.publishing.adapters.row_json import find_json_problems
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
    """Calling it lists the problems of a tidied row: the most relevant one of each attribute."""

    def __init__(self, schemas: Path | None = None) -> None:
        catalogue = (schemas or find_schemas_folder()) / "catalogue"
        self._validators = {
            table: Draft202012Validator(_read_schema(catalogue / f"{table}{_SUFFIX}"))
            for table in TABLES
        }

    def __call__(self, table: str, row: JsonObject) -> list[str]:
        if problems := find_json_problems(row):
            return problems
        errors_by_attribute: dict[str, list[tuple[ValidationError, str]]] = {}
        for error in self._validators[table].iter_errors(row):
            for problem in _describe_error(error):
                attribute = find_attribute(problem)
                errors_by_attribute.setdefault(attribute, []).append((error, problem))
        return [_pick_main_problem(errors) for errors in errors_by_attribute.values()]


def load_declared_fields(schemas: Path | None = None) -> FieldTypes:
    """Loads the fields that the schemas of customers, of surroundings and in `events/` declare."""
    folder = schemas or find_schemas_folder()
    files = {path.name.removesuffix(_SUFFIX): path for path in folder.glob(f"events/*{_SUFFIX}")}
    events = {name: _read_schema(path) for name, path in files.items() if name != _ENVELOPE}
    customer, surroundings = (
        _read_schema(folder / f"{name}{_SUFFIX}") for name in ("customer", "surroundings")
    )
    return build_field_types(customer, events, surroundings)


def _read_schema(path: Path) -> dict[str, Json]:
    schema: dict[str, Json] = orjson.loads(path.read_bytes())
    return schema


def _pick_main_problem(errors: list[tuple[ValidationError, str]]) -> str:
    best = best_match([error for error, _ in errors])
    return next((problem for error, problem in errors if error is best), errors[0][1])


def _describe_error(error: ValidationError) -> Iterator[str]:
    place, value, allowed = (
        _format_path(error),
        quote_value(error.instance),
        cast("Json", error.validator_value),
    )
    match error.validator:
        case "required":
            for name in set(allowed) - cast("JsonObject", error.instance).keys():
                yield f"{place}.{name} is missing".removeprefix(".")
        case "additionalProperties":
            yield from _describe_unknown_names(place, error)
        case "enum":
            close = format_suggestion(find_nearest(str(error.instance), allowed))
            yield f"{place} {value} is not one of {', '.join(allowed)}{close}"
        case "type":
            kinds = [allowed] if isinstance(allowed, str) else allowed
            yield f"{place} is {value}: it must be {' or '.join(_TYPES[kind] for kind in kinds)}"
        case "pattern":
            yield f"{place} {value} is not {cast('JsonObject', error.schema)['description']}"
        case bound:
            yield f"{place} {value} is out of bounds: {bound} is {allowed}"


def _describe_unknown_names(place: str, error: ValidationError) -> Iterator[str]:
    declared: JsonObject = cast("JsonObject", error.schema)["properties"]
    for name in cast("JsonObject", error.instance).keys() - declared.keys():
        written = f"{place}.{name}".removeprefix(".")
        yield f"{written} is not known here{format_suggestion(find_nearest(name, declared))}"


def _format_path(error: ValidationError) -> str:
    """Writes a path as `then[1].template`: lists count from 1, as people do."""
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in error.path)
    return "".join(steps).removeprefix(".")
