"""Sources on event buses: events of AWS services and partners become inbound payloads."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aws_cdk.aws_events import EventBus, EventField, EventPattern, Match, RuleTargetInput
from constructs import Construct

from infra import ROOT
from infra.base import bus_records
from infra.base.event_bus import QueueRule
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment

PARTNER_PREFIX = "aws.partner/"
EVENT_FIELDS = ("id", "detail-type", "source", "account", "time", "region", "resources", "detail")
INGESTION_TIME = "<aws.events.event.ingestion-time>"


class BusSources(Construct):
    """A rule for each source on a bus, straight to the queue of `normalize`.

    An AWS service uses the account's default bus, a partner a bus of its own. `partners` holds the
    buses of those partners whose event source the context gives under the source's name.
    """

    def __init__(
        self, scope: Construct, id_: str, *, deployment: Deployment, work: WorkQueue
    ) -> None:
        super().__init__(scope, id_)
        self.partners: dict[str, EventBus] = {}
        for source, definition in list_bus_sources():
            bus_source, bus = deployment.to_bus_source(definition["source"]), None
            pattern = [bus_source]
            if definition["source"].startswith(PARTNER_PREFIX):
                if not (bus := self._create_partner_bus(source, definition["source"], deployment)):
                    continue
                pattern = Match.prefix(f"{bus_source}/")
                self.partners[source] = bus
            QueueRule(
                self,
                source,
                bus=bus,
                message=build_payload_input(source, definition),
                pattern=EventPattern(
                    source=pattern,
                    detail_type=definition["detail_types"],
                    detail=definition.get("detail"),
                ),
                to=work,
            )

    def _create_partner_bus(
        self, source: str, partner: str, deployment: Deployment
    ) -> EventBus | None:
        name = self.node.try_get_context(source) or deployment.find_partner_source(partner)
        return EventBus(self, f"{source}-bus", event_source_name=name) if name else None


def build_payload_input(source: str, definition: Mapping[str, Any]) -> RuleTargetInput:
    """Return the event as an inbound payload.

    `hub.model.inbound_payload.InboundPayload` reads its detail.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    id_ = EventField.from_path("$.id")
    fields = {name: EventField.from_path(f"$.{name}") for name in EVENT_FIELDS}
    detail = {
        "id": id_,
        "source": source,
        "received_at": INGESTION_TIME,
        "correlation_id": f"{source}:{id_}",
        "payload": fields["detail"] if definition.get("payload") == "detail" else fields,
    }
    return RuleTargetInput.from_object({"source": bus_records.RAW, "detail": detail})


def list_bus_sources() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each source on a bus with the `bus` of its `source.json`."""
    for path in sorted((ROOT / "schemas" / "sources").glob("*/source.json")):
        if definition := json.loads(path.read_text()).get("bus"):
            yield path.parent.name, definition
