"""The way in for event buses: what services of AWS and partners tell becomes deliveries."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aws_cdk.aws_events import EventBus, EventField, EventPattern, Match, RuleTargetInput
from constructs import Construct

from infra import ROOT
from infra.base import bus_records
from infra.base.event_bus import Delivery
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground

PARTNER = "aws.partner/"
TOLD = ("id", "detail-type", "source", "account", "time", "region", "resources", "detail")
RECEIVED = "<aws.events.event.ingestion-time>"


class BusDoor(Construct):
    """A rule for each source that is heard on a bus, straight to the queue of `normalize`.

    A service of AWS speaks on the account's own bus, a partner on one of its own: `partners`, by
    source, of those whose partner event source the context names under the source's own name.
    """

    def __init__(self, scope: Construct, id_: str, *, ground: Ground, work: WorkQueue) -> None:
        super().__init__(scope, id_)
        self.partners: dict[str, EventBus] = {}
        for source, heard in sources_on_a_bus():
            speaker, bus = ground.heard_as(heard["source"]), None
            pattern = [speaker]
            if heard["source"].startswith(PARTNER):
                if not (bus := self._of_partner(source, heard["source"], ground)):
                    continue
                pattern = Match.prefix(f"{speaker}/")
                self.partners[source] = bus
            Delivery(
                self,
                source,
                bus=bus,
                message=delivery_of(source, heard),
                pattern=EventPattern(
                    source=pattern,
                    detail_type=heard["detail_types"],
                    detail=heard.get("detail"),
                ),
                to=work,
            )

    def _of_partner(self, source: str, partner: str, ground: Ground) -> EventBus | None:
        name = self.node.try_get_context(source) or ground.partner(partner)
        return EventBus(self, f"{source}-bus", event_source_name=name) if name else None


def delivery_of(source: str, heard: Mapping[str, Any]) -> RuleTargetInput:
    """The event as a raw record of the hub's own: `hub.model.inbound_payload.Delivery` reads the
    detail.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    id_ = EventField.from_path("$.id")
    whole = {name: EventField.from_path(f"$.{name}") for name in TOLD}
    detail = {
        "id": id_,
        "source": source,
        "received_at": RECEIVED,
        "correlation_id": f"{source}:{id_}",
        "payload": whole["detail"] if heard.get("payload") == "detail" else whole,
    }
    return RuleTargetInput.from_object({"source": bus_records.RAW, "detail": detail})


def sources_on_a_bus() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The sources that are heard on a bus, with the `bus` of their `source.json`."""
    for path in sorted((ROOT / "schemas" / "sources").glob("*/source.json")):
        if heard := json.loads(path.read_text()).get("bus"):
            yield path.parent.name, heard
