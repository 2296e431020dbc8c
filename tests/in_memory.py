"""The whole hub in memory: the real steps on fakes, so that laws can be tried on all of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from hub.catalogue.domain.catalogue import EMPTY, Catalogue
from hub.catalogue.domain.row_reader import KEYS
from hub.contact_policy.domain.preference_centre import Invitations
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.content.wiring import proofreader
from hub.decisioning.steps.decide_events import Decider
from hub.delivery.ports import Channel
from hub.delivery.steps.carry_out_actions import Actor
from hub.delivery.steps.claim_capacity import Claiming
from hub.delivery.steps.dispatch_decisions import Dispatcher
from hub.delivery.steps.message_channels import (
    CallChannel,
    Content,
    EmailChannel,
    PushChannel,
    SmsChannel,
    WarehouseChannel,
)
from hub.identity.adapters.merge_rules_file import merge_rules
from hub.identity.adapters.namespaces_file import namespaces
from hub.identity.steps.forget_identities import Forgetting
from hub.identity.steps.merge_customers import Merger
from hub.identity.steps.resolve_identities import Resolver
from hub.intake.adapters.source_catalogue import sources
from hub.intake.steps.normalize_events import Normalizer
from hub.kernel.errors import HubError
from hub.kernel.queue_message import Message
from hub.measurement.steps.trace_actions import Tracing
from hub.model.inbound_payload import Delivery
from hub.platform.adapters.schema_folder import folder
from hub.publishing.adapters.row_json_schemas import declared_fields
from hub.publishing.domain.publication import publish
from hub.surroundings.domain.surroundings import NOTHING_AROUND
from hub.surroundings.steps.record_facts import Noting
from tests import fakes
from tests.factories import NOON

INVITATIONS = Invitations("https://hub.example.com", lambda: ["a-key-of-links"])
EXAMPLE = Path(__file__).parents[1] / "examples" / "retail"


def rows_of(example: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: json.loads((example / f"{name}.json").read_text()) for name in KEYS}


def retail_snapshot() -> dict[str, Any]:
    """The retail example as a published catalogue."""
    read = rows_of(EXAMPLE)
    rows = {name: {row[key]: row for row in read[name]} for name, key in KEYS.items()}
    return {"number": 1, "rows": rows, "running": {}, "html": _retail_html()}


@cache
def _retail_html() -> Mapping[str, Mapping[str, str]]:
    rows = json.loads((EXAMPLE / "templates.json").read_text())
    published = publish(
        {"templates": rows}, EMPTY, NOON, lambda _, __: [], proofreader(declared_fields())
    )
    assert published.snapshot is not None
    html: Mapping[str, Mapping[str, str]] = published.snapshot["html"]
    return html


@dataclass
class InMemoryHub:
    """`push` takes a delivery in and lets everything that follows happen, but for the waits."""

    snapshot: Mapping[str, Any] = field(default_factory=retail_snapshot)
    clock: fakes.FixedClock = field(default_factory=fakes.FixedClock)
    bus: fakes.Bus = field(default_factory=fakes.Bus)
    queue: fakes.CustomerQueue = field(default_factory=fakes.CustomerQueue)
    identities: fakes.Identities = field(default_factory=fakes.Identities)
    conflicts: fakes.Conflicts = field(default_factory=fakes.Conflicts)
    parked: fakes.Parked = field(default_factory=fakes.Parked)
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    decisions: fakes.Decisions = field(default_factory=fakes.Decisions)
    schedule: fakes.Schedule = field(default_factory=fakes.Schedule)
    ledger: fakes.Ledger = field(default_factory=fakes.Ledger)
    mail: fakes.Mail = field(default_factory=fakes.Mail)
    texts: fakes.TextMessages = field(default_factory=fakes.TextMessages)
    pushes: fakes.Push = field(default_factory=fakes.Push)
    call_centre: fakes.CallCentre = field(default_factory=fakes.CallCentre)
    warehouse: fakes.Warehouse = field(default_factory=fakes.Warehouse)
    claims: fakes.Claims = field(default_factory=fakes.Claims)
    archive: fakes.Archive = field(default_factory=fakes.Archive)
    things: fakes.Things = field(default_factory=fakes.Things)
    capacity: fakes.Capacity = field(default_factory=fakes.Capacity)

    def __post_init__(self) -> None:
        numbers = count(1)
        catalogue = Catalogue.from_snapshot(self.snapshot)
        content = Content(lambda _: catalogue.templates, LiquidRenderer())
        self.normalize = Normalizer(
            sources(),
            Resolver(
                self.identities,
                namespaces(folder()),
                lambda: f"c-{next(numbers)}",
                self.conflicts,
                self.queue,
            ),
            self.claims,
            self.parked,
            self.queue,
            self.bus,
            Noting(self.things, self.bus),
            Tracing(self.ledger),
        )
        self.merges = fakes.Merges(self.customers, self.identities)
        self.merger = a_merger(self)
        self.decide = Decider(
            self.customers,
            lambda: catalogue,
            lambda _: NOTHING_AROUND,
            lambda c: len(str(c.to_dict())),
            self.clock,
            self.merger,
        )
        self.channels: dict[str, Channel] = {
            "email": EmailChannel(content, self.mail, INVITATIONS),
            "sms": SmsChannel(content, self.texts),
            "push": PushChannel(content, self.pushes),
            "call": CallChannel(content, self.call_centre),
            "warehouse": WarehouseChannel(self.warehouse),
        }

    def push(self, delivery: Delivery, times: int = 1) -> None:
        """Each hop hands everything over `times` times, as an at-least-once queue may."""
        for _ in range(times):
            self._normalize({"source": "segue.raw", "detail": delivery.to_dict()})
            self._work(times)

    def fire(self, timer_id: str, times: int = 1) -> None:
        """The end of a wait reaches `decide`."""
        for _ in range(times):
            event = self.schedule.timers[timer_id].event
            _clean(self.decide([Message(id=timer_id, body=event)]))
            self._work(times)

    def _normalize(self, envelope: Mapping[str, Any]) -> None:
        _clean(self.normalize([Message(id="m", body=envelope)]))

    def _work(self, times: int) -> None:
        """Until nothing new happens."""
        seen_events = seen_outboxes = seen_outcomes = 0
        while True:
            events = self.queue.events[seen_events:]
            outboxes = self.customers.outboxes[seen_outboxes:]
            outcomes = self._outcomes()[seen_outcomes:]
            if not (events or outboxes or outcomes):
                return
            seen_events += len(events)
            seen_outboxes += len(outboxes)
            seen_outcomes += len(outcomes)
            for _ in range(times):
                for event in events:
                    _clean(self.decide([Message(id=event.id, body=event.to_dict())]))
                self._dispatch(outboxes, times)
                for outcome in outcomes:
                    self._normalize({"source": "segue.outcome", "detail": outcome})

    def _outcomes(self) -> list[Mapping[str, Any]]:
        return [detail for kind, detail in self.bus.published if kind == "segue.outcome"]

    def _dispatch(self, outboxes: Any, times: int) -> None:
        topic = fakes.Topic()
        places = (topic, self.schedule, self.decisions, self.bus, self.archive, self.queue)
        claiming = Claiming(self.capacity, self.ledger, self.clock)
        assert (
            Dispatcher(*places, claiming, Forgetting(self.identities, self.conflicts))(outboxes)
            == {}
        )
        for action in topic.actions * times:
            channel = self.channels[action.channel]
            actor = Actor(channel, self.customers, self.ledger, self.bus, self.clock)
            _clean(actor([Message(id=action.id, body=action.to_dict())]))


def a_merger(hub: InMemoryHub) -> Merger:
    return Merger(
        hub.customers,
        hub.identities,
        hub.merges,
        hub.conflicts,
        hub.decisions,
        hub.queue,
        merge_rules(folder()),
        lambda c: len(str(c.to_dict())),
        hub.clock,
    )


def _clean(failures: Mapping[str, HubError]) -> None:
    assert dict(failures) == {}
