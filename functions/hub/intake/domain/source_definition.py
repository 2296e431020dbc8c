"""What a `source.json` says: a source is data, and this is its shape.

`Source.from_dict` reads it; `schemas/sources/<source>/` holds it with its JSON Schemas and samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from hub.intake.domain.bus_definition import Listening
from hub.intake.domain.file_definition import FileFormat, formats
from hub.intake.domain.polling_definition import Polling
from hub.intake.domain.webhook_definition import Webhook

Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """How one event type of a source is read: the canonical type, the schema, the mapping.

    `schema` names the JSON Schema of the payload; `map` is nested like the canonical event, and
    its texts are JMESPath expressions. Where senders name their events freely, `named` is the
    JMESPath of that name, and stands for the `*` of the `type` (see `hub.kernel.event_type_names`).
    """

    type: str
    schema: str
    map: Tree
    named: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One source system. `event_type` is the JMESPath of its own event types, `types` the ones
    it is known to send, `ignored` the ones that are no events of a customer, with the reason.

    `webhook` says how its webhooks are taken in; without it the source sends none. `files` are the
    forms in which it may drop files; `database` says how its database is polled, `bus` how it is
    heard on an event bus.
    """

    name: str
    event_type: str
    types: Mapping[str, TypeEntry]
    ignored: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    webhook: Webhook | None = None
    files: tuple[FileFormat, ...] = ()
    database: Polling | None = None
    bus: Listening | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        common = data.get("common", {})
        types = {
            name: TypeEntry(**{**entry, "map": _over(common, entry["map"])})
            for name, entry in data["types"].items()
        }
        webhook = Webhook.from_dict(data["webhook"]) if "webhook" in data else None
        known = {name: value for name, value in data.items() if name not in ("common", "file")}
        files = formats(data.get("file"))
        database = Polling.from_dict(data["database"]) if "database" in data else None
        bus = Listening.from_dict(data["bus"]) if "bus" in data else None
        ways_in = {"webhook": webhook, "files": files, "database": database, "bus": bus}
        return cls(**{**known, "types": types, **ways_in})


def _over(common: Tree, own: Tree) -> Tree:
    """The mapping of one type, with what all types of the source have in common under it."""
    shared = [name for name in own if isinstance(own[name], Mapping) and name in common]
    return {**common, **own, **{name: _over(common[name], own[name]) for name in shared}}
