"""The bus: every event, decision and outcome passes here, and any application may listen."""

import json
from typing import Any

from aws_cdk import Duration
from aws_cdk.aws_events import (
    EventBus,
    EventPattern,
    IEventBus,
    Match,
    Rule,
    RuleTargetInput,
)
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_eventschemas import CfnRegistry, CfnSchema
from constructs import Construct

from infra import ROOT
from infra.base import bus_records
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground

# What each source's details are told to be, by a file of `schemas/`.
TOLD = {
    bus_records.EVENT: "events/event",
    bus_records.DECISION: "decision",
    bus_records.OUTCOME: "events/event",
}
DRAFT_4 = "http://json-schema.org/draft-04/schema#"


class HubBus(Construct):
    """The hub's own bus, with ninety days of it kept for replay where archives exist, and the form
    of what is on it in a registry where there are some."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.bus = EventBus(self, "Bus", description="Segue: events, decisions, outcomes")
        if ground.archive:
            self.bus.archive(
                "Archive",
                event_pattern=EventPattern(source=Match.prefix(bus_records.PREFIX)),
                retention=Duration.days(90),
            )
        if ground.registry:
            SchemaRegistry(self, "Schemas")


class SchemaRegistry(Construct):
    """The form of every record that applications may subscribe to, by its source on the bus."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        registry = CfnRegistry(
            self, "Registry", description="Segue: events, decisions and outcomes on the bus"
        )
        for source, file in TOLD.items():
            schema = json.loads((ROOT / "schemas" / f"{file}.schema.json").read_text())
            CfnSchema(
                self,
                source,
                content=json.dumps(on_the_bus(source, schema)),
                description=f"{source}: {schema['description']}",
                registry_name=registry.attr_registry_name,
                schema_name=source,
                type="JSONSchemaDraft4",
            )


def on_the_bus(source: str, detail: Any) -> dict[str, Any]:
    """The schema of a detail as that of the whole record, in the draft that registries take."""
    text = {"type": "string"}
    return {
        "$schema": DRAFT_4,
        "title": source,
        "type": "object",
        "properties": {
            **dict.fromkeys(("version", "id", "account", "region"), text),
            "time": {"type": "string", "format": "date-time"},
            "source": {"enum": [source]},
            "detail-type": {**text, "description": "The event's type"},
            "resources": {"type": "array", "items": text},
            "detail": _draft_4(detail),
        },
        "required": ["source", "detail-type", "detail"],
    }


def _draft_4(schema: Any) -> Any:
    """Without its own `$schema`; `const` came later than draft 4."""
    if isinstance(schema, list):
        return [_draft_4(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: _draft_4(part) for name, part in schema.items() if name != "$schema"}
    if "const" in parts:
        parts["enum"] = [parts.pop("const")]
    return parts


class Delivery(Construct):
    """A rule that carries matching events to a queue, and what it cannot carry to the dead.

    `message` is what becomes of an event on the way; it stays as it is unless said.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        pattern: EventPattern,
        to: WorkQueue,
        bus: IEventBus | None = None,
        message: RuleTargetInput | None = None,
    ) -> None:
        super().__init__(scope, id_)
        Rule(
            self,
            "Rule",
            event_bus=bus,
            event_pattern=pattern,
            targets=[SqsQueue(to.queue, dead_letter_queue=to.dead_letters.queue, message=message)],
        )
