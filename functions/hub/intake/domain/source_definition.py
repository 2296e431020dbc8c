"""What a `source.json` says: a source is data, and this is its shape.

`Source.from_dict` reads it; `schemas/sources/<source>/` holds it with its JSON Schemas and samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from hub.intake.domain.bus_definition import BusDefinition
from hub.intake.domain.file_definition import FileDefinition, parse_file_definitions
from hub.intake.domain.polling_definition import PollingDefinition
from hub.intake.domain.webhook_definition import WebhookDefinition

MappingTree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventTypeDefinition:
    """How one event type of a source is read: the canonical type, the schema, the mapping.

    `schema` names the JSON Schema of the payload; `map` is nested like the canonical event, and
    its texts are JMESPath expressions. Where senders name their events freely, `named` is the
    JMESPath of that name, and stands for the `*` of the `type` (see `hub.kernel.event_type_names`).
    """

    type: str
    schema: str
    map: MappingTree
    named: str = ""


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """One source system. `event_type` is the JMESPath of its own event types, `types` the ones
    it is known to send, `ignored` the ones that are no events of a customer, with the reason.

    `webhook` says how its webhooks are taken in; without it the source sends none. `files` are the
    forms in which it may drop files; `database` says how its database is polled, `bus` how it is
    heard on an event bus.
    """

    name: str
    event_type: str
    types: Mapping[str, EventTypeDefinition]
    ignored: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    webhook: WebhookDefinition | None = None
    files: tuple[FileDefinition, ...] = ()
    database: PollingDefinition | None = None
    bus: BusDefinition | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        common = data.get("common", {})
        types = {
            name: EventTypeDefinition(**{**entry, "map": _merge_mappings(common, entry["map"])})
            for name, entry in data["types"].items()
        }
        webhook = WebhookDefinition.from_dict(data["webhook"]) if "webhook" in data else None
        known = {name: value for name, value in data.items() if name not in ("common", "file")}
        files = parse_file_definitions(data.get("file"))
        database = PollingDefinition.from_dict(data["database"]) if "database" in data else None
        bus = BusDefinition.from_dict(data["bus"]) if "bus" in data else None
        ways_in = {"webhook": webhook, "files": files, "database": database, "bus": bus}
        return cls(**{**known, "types": types, **ways_in})


def _merge_mappings(common: MappingTree, own: MappingTree) -> MappingTree:
    """The mapping of one type, with what all types of the source have in common under it."""
    shared = [name for name in own if isinstance(own[name], Mapping) and name in common]
    return {**common, **own, **{name: _merge_mappings(common[name], own[name]) for name in shared}}
