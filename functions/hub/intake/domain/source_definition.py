"""A source definition: the content of a `source.json`.

`schemas/sources/<source>/` has this file beside the JSON Schemas and samples of the source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from hub.intake.domain.bus_definition import BusDefinition
from hub.intake.domain.file_definition import FileDefinition, parse_file_definitions
from hub.intake.domain.polling_definition import PollingDefinition
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.json_types import JsonObject
from hub.model.trust import Trust


@dataclass(frozen=True, slots=True)
class EventTypeDefinition:
    """One event type of a source: its canonical type, its schema and its mapping.

    `schema` names the JSON Schema of the payload. `map` has the shape of the canonical event, and
    its texts are JMESPath expressions. If senders name their events freely, `named` is the JMESPath
    of that name, which takes the place of the `*` in `type` (see `hub.kernel.event_type_names`).
    """

    type: str
    schema: str
    map: JsonObject
    named: str = ""


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """One source system.

    `event_type` is the JMESPath of its own event types. `types` are those that the hub maps, and
    `ignored` those that are not events of a customer, each with the reason. `webhook`, `files`,
    `database` and `bus` are its ways in; a source has one or several of them. `title` is for
    people.

    `trust` is the level of what it states. A source of the level `vouched` names in `proves` the
    namespaces of the keys that its sender has confirmed, such as `email` after a double opt-in.
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
    title: str = ""
    trust: Trust = Trust.PUBLIC
    proves: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        common = data.get("common", {})
        types = {
            name: EventTypeDefinition(**{**entry, "map": _merge_mappings(common, entry["map"])})
            for name, entry in data["types"].items()
        }
        webhook = WebhookDefinition.from_dict(data["webhook"]) if "webhook" in data else None
        own = {name: value for name, value in data.items() if name not in ("common", "file")}
        files = parse_file_definitions(data.get("file"))
        database = PollingDefinition.from_dict(data["database"]) if "database" in data else None
        bus = BusDefinition.from_dict(data["bus"]) if "bus" in data else None
        ways_in = {"webhook": webhook, "files": files, "database": database, "bus": bus}
        trust = Trust(data.get("trust", Trust.PUBLIC))
        proves = tuple(data.get("proves", ()))
        return cls(**{**own, "types": types, **ways_in, "trust": trust, "proves": proves})


def _merge_mappings(common: JsonObject, own: JsonObject) -> JsonObject:
    """Merges a type's own mapping with the common one; its own expressions win."""
    groups = [name for name in own if isinstance(own[name], Mapping) and name in common]
    return {**common, **own, **{name: _merge_mappings(common[name], own[name]) for name in groups}}
