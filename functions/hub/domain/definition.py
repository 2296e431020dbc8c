"""What a `source.json` says: a source is data, and this is its shape.

`Source.from_dict` reads it; `schemas/sources/<source>/` holds it with its JSON Schemas and samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from hub.domain.webhook import Webhook

Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """How one event type of a source is read: the canonical type, the schema, the mapping.

    `schema` names the JSON Schema of the payload; `map` is nested like the canonical event, and
    its texts are JMESPath expressions.
    """

    type: str
    schema: str
    map: Tree


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The files of a source. `columns` must all stand in the header; more may."""

    format: str
    delimiter: str
    encoding: str
    columns: tuple[str, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "columns": tuple(data["columns"])})


@dataclass(frozen=True, slots=True)
class Source:
    """One source system. `event_type` is the JMESPath of its own event types, `types` the ones
    it is known to send, `ignored` the ones that are no events of a customer, with the reason.

    `webhook` says how its webhooks are taken in; without it the source sends none.
    """

    name: str
    event_type: str
    types: Mapping[str, TypeEntry]
    ignored: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    webhook: Webhook | None = None
    file: FileFormat | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        types = {name: TypeEntry(**entry) for name, entry in data["types"].items()}
        file = FileFormat.from_dict(data["file"]) if "file" in data else None
        webhook = Webhook.from_dict(data["webhook"]) if "webhook" in data else None
        return cls(**{**data, "types": types, "webhook": webhook, "file": file})
