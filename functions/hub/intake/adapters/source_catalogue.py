"""Sources with their JSON Schemas, each compiled when it is first needed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.normalization import SchemaProblem, Sources
from hub.platform.adapters.schema_folder import find_schemas_folder

_Validator = jsonschema_rs.Validator


def load_sources(schemas: Path | None = None) -> Sources:
    """What stands in `schemas/sources`."""
    place = (schemas or find_schemas_folder()) / "sources"
    return Sources(find=SourceDefinitions(place), check=PayloadValidator(place))


class PayloadValidator:
    """`check` of `hub.intake.domain.normalization.Sources`: the first fault in a payload.

    No value of the payload is quoted: reasons are kept and logged, payloads may be personal.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._compiled: dict[str, tuple[Any, _Validator]] = {}

    def __call__(self, name: str, payload: Any) -> SchemaProblem | None:
        schema, validator = self._compiled.get(name) or self._compile(name)
        for error in validator.iter_errors(payload):
            return _problem(error, schema)
        return None

    def _compile(self, name: str) -> tuple[Any, _Validator]:
        schema = orjson.loads((self._place / f"{name}.schema.json").read_bytes())
        validator = jsonschema_rs.validator_for(schema, mask="the value", validate_formats=True)
        self._compiled[name] = schema, validator
        return self._compiled[name]


def _problem(error: jsonschema_rs.ValidationError, schema: Any) -> SchemaProblem:
    path = [str(step) for step in error.instance_path]
    kind = error.kind.as_dict()
    if error.kind.name == "required":
        return SchemaProblem(".".join([*path, kind["property"]]), "is missing")
    meant = _description(schema, error.schema_path[:-1])
    return SchemaProblem(".".join(path), f"{error.message} ({meant})" if meant else error.message)


def _description(schema: Any, path: Sequence[str | int]) -> str:
    """What the schema says of the field in words, where the path leads straight there."""
    for step in path:
        known = isinstance(schema, Mapping) and step in schema
        schema = schema[step] if known or isinstance(schema, list) else {}
    return str(schema.get("description", "")) if isinstance(schema, Mapping) else ""
