"""The whole hub in memory: the real steps on fakes, so that laws can be tried on all of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT, Catalogue
from hub.contact_policy.domain.sealed_links import SealedLinks
from hub.contact_policy.steps.attach_refusals import AttachRefusals, CustomersWithRefusals
from hub.contact_policy.steps.record_statements import RecordStatements
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.content.wiring import build_proofread_template
from hub.decisioning.steps.decide_events import DecideEvents
from hub.delivery.ports import DeliveryChannel
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.delivery.steps.dispatch_decisions import DispatchDecisions
from hub.delivery.steps.message_channels import (
    CallChannel,
    EmailChannel,
    MessageContent,
    PushChannel,
    SmsChannel,
    WarehouseChannel,
)
from hub.identity.adapters.merge_rules_file import load_merge_rules
from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.steps.find_customer import FindCustomer
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.identity.steps.merge_customers import MergeCustomers
from hub.identity.steps.resolve_identities import ResolveIdentities
from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.steps.limit_public_keys import LimitPublicKeys
from hub.intake.steps.normalize_events import NormalizeEvents
from hub.intake.steps.refuse_for_unproven import RefuseForUnproven
from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage
from hub.measurement.steps.trace_actions import TraceActions
from hub.model.decision import Action
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.profile.steps.attach_repeats import AttachRepeats
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from hub.publishing.domain.publication import publish
from hub.publishing.domain.tables import TABLES
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from hub.surroundings.steps.record_facts import RecordFacts
from tests import fakes
from tests.factories import NOON

INVITATIONS = SealedLinks("https://hub.example.com", lambda: ["a-key-of-links"])
EXAMPLE = Path(__file__).parents[1] / "examples" / "retail"


def rows_of(example: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: json.loads((example / f"{name}.json").read_text()) for name in TABLES}


def retail_snapshot() -> dict[str, Any]:
    """The retail example as a published catalogue."""
    read = rows_of(EXAMPLE)
    rows = {name: {row[table.key]: row for row in read[name]} for name, table in TABLES.items()}
    return {"number": 1, "rows": rows, "running": {}, "html": _retail_html()}


@cache
def _retail_html() -> Mapping[str, Mapping[str, str]]:
    rows = json.loads((EXAMPLE / "templates.json").read_text())
    published = publish(
        {"templates": rows},
        EMPTY_SNAPSHOT,
        NOON,
        lambda _, __: [],
        build_proofread_template(load_declared_fields()),
    )
    assert published.snapshot is not None
    html: Mapping[str, Mapping[str, str]] = published.snapshot["html"]
    return html


@dataclass
class InMemoryHub:
    """`push` takes a delivery in and lets everything that follows happen, but for the waits.

    `catalogue` is the newest catalogue; a test may publish another."""

    snapshot: Mapping[str, Any] = field(default_factory=retail_snapshot)
    clock: fakes.FixedClock = field(default_factory=fakes.FixedClock)
    bus: fakes.Bus = field(default_factory=fakes.Bus)
    queue: fakes.CustomerQueue = field(default_factory=fakes.CustomerQueue)
    identities: fakes.Identities = field(default_factory=fakes.Identities)
    conflicts: fakes.KeyConflicts = field(default_factory=fakes.KeyConflicts)
    parked: fakes.ParkedPayloads = field(default_factory=fakes.ParkedPayloads)
    parked_events: fakes.ParkedEvents = field(default_factory=fakes.ParkedEvents)
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    decisions: fakes.Decisions = field(default_factory=fakes.Decisions)
    schedule: fakes.TimerSchedule = field(default_factory=fakes.TimerSchedule)
    ledger: fakes.ActionLedger = field(default_factory=fakes.ActionLedger)
    mail: fakes.Mail = field(default_factory=fakes.Mail)
    texts: fakes.TextMessages = field(default_factory=fakes.TextMessages)
    pushes: fakes.PushMessages = field(default_factory=fakes.PushMessages)
    call_centre: fakes.CallCentre = field(default_factory=fakes.CallCentre)
    warehouse: fakes.Warehouse = field(default_factory=fakes.Warehouse)
    claims: fakes.ClaimCheck = field(default_factory=fakes.ClaimCheck)
    archive: fakes.Archive = field(default_factory=fakes.Archive)
    things: fakes.FactStore = field(default_factory=fakes.FactStore)
    capacity: fakes.CapacityClaims = field(default_factory=fakes.CapacityClaims)
    refusals: fakes.AddressRefusalStore = field(default_factory=fakes.AddressRefusalStore)
    marks: fakes.EventMarks = field(default_factory=fakes.EventMarks)
    key_counts: fakes.KeyCounts = field(default_factory=fakes.KeyCounts)

    def __post_init__(self) -> None:
        numbers = count(1)
        self.catalogue = Catalogue.from_snapshot(self.snapshot)
        content = MessageContent(lambda _: self.catalogue.templates, LiquidRenderer())
        namespaces = load_namespaces(find_schemas_folder())
        self.normalize = NormalizeEvents(
            load_sources(),
            ResolveIdentities(
                self.identities,
                namespaces,
                lambda: f"c-{next(numbers)}",
                self.conflicts,
                self.queue,
            ),
            self.claims,
            self.parked,
            self.queue,
            self.bus,
            RecordFacts(self.things, self.bus),
            TraceActions(self.ledger),
            RecordStatements(self.refusals),
            LimitPublicKeys(self.key_counts),
            RefuseForUnproven(FindCustomer(self.identities, namespaces)),
        )
        self.merges = fakes.Merges(self.customers, self.identities)
        self.merger = a_merger(self)
        attach_refusals = AttachRefusals(self.refusals)
        self.addressees = CustomersWithRefusals(self.customers, attach_refusals)
        self.decide = DecideEvents(
            self.customers,
            lambda: self.catalogue,
            lambda _: NO_SURROUNDINGS,
            lambda c: len(str(c.to_dict())),
            self.clock,
            self.merger,
            attach_refusals,
            AttachRepeats(self.marks),
            self.parked_events,
        )
        self.channels: dict[str, DeliveryChannel] = {
            "email": EmailChannel(content, self.mail, INVITATIONS),
            "sms": SmsChannel(content, self.texts),
            "push": PushChannel(content, self.pushes),
            "call": CallChannel(content, self.call_centre),
            "warehouse": WarehouseChannel(self.warehouse),
        }

    def push(self, delivery: InboundPayload, times: int = 1) -> None:
        """Each hop hands everything over `times` times, as an at-least-once queue may."""
        for _ in range(times):
            self._normalize({"source": "segue.raw", "detail": delivery.to_dict()})
            self._work(times)

    def fire(self, timer_id: str, times: int = 1) -> None:
        """The end of a wait reaches `decide`."""
        for _ in range(times):
            event = self.schedule.timers[timer_id].event
            _clean(self.decide([QueueMessage(id=timer_id, body=event)]))
            self._work(times)

    def _normalize(self, envelope: Mapping[str, Any]) -> None:
        _clean(self.normalize([QueueMessage(id="m", body=envelope)]))

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
                    _clean(self.decide([QueueMessage(id=event.id, body=event.to_dict())]))
                self._dispatch(outboxes, times)
                for outcome in outcomes:
                    self._normalize({"source": "segue.outcome", "detail": outcome})

    def _outcomes(self) -> list[Mapping[str, Any]]:
        return [detail for kind, detail in self.bus.published if kind == "segue.outcome"]

    def _dispatch(self, outboxes: Any, times: int) -> None:
        topic = fakes.ActionTopic()
        places = (topic, self.schedule, self.decisions, self.bus, self.archive, self.queue)
        claiming = ClaimCapacity(self.capacity, self.ledger, self.clock)
        assert (
            DispatchDecisions(*places, claiming, ForgetIdentities(self.identities, self.conflicts))(
                outboxes
            )
            == {}
        )
        for action in topic.actions * times:
            self.carry_out(action)

    def carry_out(self, action: Action) -> None:
        """Takes the last look and sends the action, if it still may go."""
        channel = self.channels[action.channel]
        actor = CarryOutActions(channel, self.addressees, self.ledger, self.bus, self.clock)
        _clean(actor([QueueMessage(id=action.id, body=action.to_dict())]))


def a_merger(hub: InMemoryHub) -> MergeCustomers:
    return MergeCustomers(
        hub.customers,
        hub.identities,
        hub.merges,
        hub.conflicts,
        hub.decisions,
        hub.queue,
        hub.marks,
        load_merge_rules(find_schemas_folder()),
        lambda c: len(str(c.to_dict())),
        hub.clock,
    )


def _clean(failures: Mapping[str, HubError]) -> None:
    assert dict(failures) == {}
