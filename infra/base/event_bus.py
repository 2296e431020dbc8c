"""The bus: it carries every event, decision and outcome, and any application may subscribe."""

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
from infra.deployment import Deployment

# The file of `schemas/` that describes each source's details.
SCHEMA_FILES = {
    bus_records.EVENT: "events/event",
    bus_records.DECISION: "decision",
    bus_records.OUTCOME: "events/event",
}
DRAFT_4 = "http://json-schema.org/draft-04/schema#"


class HubBus(Construct):
    """The hub's own bus.

    Where AWS offers them, it has an archive of ninety days and a registry with the schemas of its
    records.
    """

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        self.bus = EventBus(self, "Bus", description="Segue: events, decisions, outcomes")
        if deployment.has_archive:
            self.bus.archive(
                "Archive",
                event_pattern=EventPattern(source=Match.prefix(bus_records.PREFIX)),
                retention=Duration.days(90),
            )
        if deployment.has_schema_registry:
            SchemaRegistry(self, "Schemas")


class SchemaRegistry(Construct):
    """The schema of every record that applications may subscribe to, by its source on the bus."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        registry = CfnRegistry(
            self, "Registry", description="Segue: events, decisions and outcomes on the bus"
        )
        for source, file in SCHEMA_FILES.items():
            schema = json.loads((ROOT / "schemas" / f"{file}.schema.json").read_text())
            CfnSchema(
                self,
                source,
                content=json.dumps(build_record_schema(source, schema)),
                description=f"{source}: {schema['description']}",
                registry_name=registry.attr_registry_name,
                schema_name=source,
                type="JSONSchemaDraft4",
            )


def build_record_schema(source: str, detail: Any) -> dict[str, Any]:
    """Return the schema of the whole record in the draft that registries accept."""
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
            "detail": _to_draft_4(detail),
        },
        "required": ["source", "detail-type", "detail"],
    }


def _to_draft_4(schema: Any) -> Any:
    """Remove `$schema` and replace `const`, which draft 4 does not have."""
    if isinstance(schema, list):
        return [_to_draft_4(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: _to_draft_4(part) for name, part in schema.items() if name != "$schema"}
    if "const" in parts:
        parts["enum"] = [parts.pop("const")]
    return parts


class QueueRule(Construct):
    """A rule that sends matching events to a queue, and failed ones to its dead letters.

    `message` transforms the event. Without it the queue gets the event as it is.
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
