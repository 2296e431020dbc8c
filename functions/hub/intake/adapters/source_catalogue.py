"""Sources with their JSON Schemas, which are compiled on first use."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import jsonschema_rs
import orjson

from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.normalization import SchemaProblem, Sources
from hub.intake.domain.refusal_words import parse_refusal_words
from hub.kernel.json_types import Json
from hub.platform.adapters.schema_folder import find_schemas_folder

_Validator = jsonschema_rs.Validator


def load_sources(schemas: Path | None = None) -> Sources:
    """Loads the sources of `schemas/sources`."""
    folder = (schemas or find_schemas_folder()) / "sources"
    return Sources(
        find=SourceDefinitions(folder),
        check=PayloadValidator(folder),
        refusals=parse_refusal_words(orjson.loads((folder / "refusals.json").read_bytes())),
    )


class PayloadValidator:
    """`check` of `hub.intake.domain.normalization.Sources`: finds the first fault of a payload.

    A reason quotes no value of the payload, because payloads are personal and reasons are stored
    and logged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiled: dict[str, tuple[Json, _Validator]] = {}

    def __call__(self, name: str, payload: Json) -> SchemaProblem | None:
        schema, validator = self._compiled.get(name) or self._compile(name)
        for error in validator.iter_errors(payload):
            return _to_problem(error, schema)
        return None

    def _compile(self, name: str) -> tuple[Json, _Validator]:
        schema = orjson.loads((self._folder / f"{name}.schema.json").read_bytes())
        validator = jsonschema_rs.validator_for(schema, mask="the value", validate_formats=True)
        self._compiled[name] = schema, validator
        return self._compiled[name]


def _to_problem(error: jsonschema_rs.ValidationError, schema: Json) -> SchemaProblem:
    path = [str(step) for step in error.instance_path]
    kind = error.kind.as_dict()
    if error.kind.name == "required":
        return SchemaProblem(".".join([*path, kind["property"]]), "is missing")
    description = _find_description(schema, error.schema_path[:-1])
    reason = f"{error.message} ({description})" if description else error.message
    return SchemaProblem(".".join(path), reason)


def _find_description(schema: Json, path: Sequence[str | int]) -> str:
    """The schema's description of the field, if the path leads straight to it."""
    for step in path:
        has_step = isinstance(schema, Mapping) and step in schema
        schema = schema[step] if has_step or isinstance(schema, list) else {}
    return str(schema.get("description", "")) if isinstance(schema, Mapping) else ""
