"""A hub in memory that runs in virtual time.

The steps are those of production; the ports are the fakes of the tests. Timers end when they are
due. Actions are carried out seconds or hours after their decision. Feedback reaches the learner.
The surroundings are read again only after `STALE`, so some claims are refused later.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import load_compiled_catalogue
from hub.catalogue.domain.template import Template
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.content.wiring import build_proofread_template
from hub.decisioning.adapters.surroundings_reader import SurroundingsReader
from hub.decisioning.steps.read_learned_counters import ReadLearnedCounters
from hub.delivery.ports import DeliveryResult
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
from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.steps.find_customer import FindCustomer
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.inbound.steps.serve_offers import ServeOffers
from hub.kernel.clock_tick import TICK_DETAIL_TYPE
from hub.kernel.errors import HubError, Rejected, Uncertain
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.learning.steps.learn_from_feedback import LearnFromFeedback
from hub.life_events.steps.announce_occasions import AnnounceOccasions
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.profile.adapters.customer_table import size_in_bytes
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from hub.publishing.domain.tables import TABLES
from hub.publishing.steps.publish_catalogue import publish_catalogue
from hub.publishing.wiring import wire_row_check
from hub.surroundings.domain.surroundings import Surroundings
from tests import fakes
from tests.in_memory import INVITATIONS, InMemoryHub

API_KEY = "an-api-key"
STALE = timedelta(minutes=40)
PRINT_HOUR = 3
QUICK_SHARE = 0.8
"""The share of actions that are carried out within seconds."""
CONNECTED = ("connector", "letter", "whatsapp", "messenger", "x", "fax")
Rows = Mapping[str, list[dict[str, Any]]]


@dataclass
class Publisher:
    """Publishes catalogues one after the other, whichever scenario they belong to."""

    store: fakes.CatalogueStore = field(default_factory=fakes.CatalogueStore)

    def publish(self, rows: Rows, now: datetime) -> Catalogue:
        """Raises `ValueError` with the problems of all rows."""
        tables = fakes.CatalogueRows(**{name: rows.get(name, []) for name in TABLES})
        publish_catalogue(
            tables,
            self.store,
            check_row=wire_row_check(),
            proofread=build_proofread_template(load_declared_fields()),
            clock=lambda: now,
        )
        problems = {
            key: row["published"]["problems"]
            for rows_by_key in tables.rows.values()
            for key, row in rows_by_key.items()
            if row.get("published", {}).get("problems")
        }
        if problems:
            raise ValueError(f"the catalogue has problems: {problems}")
        return self.newest()

    def newest(self) -> Catalogue:
        """The prebuilt catalogue, as `decide` loads it."""
        prebuilt = load_compiled_catalogue(
            self.store.load_compiled(self.store.read_newest_number()) or b""
        )
        if prebuilt is None:
            raise ValueError("the newest catalogue is not prebuilt")
        return prebuilt


@dataclass(frozen=True)
class AnyProvider:
    """A channel that accepts every action. The outcome of some actions is unknown."""

    name: str
    keyed: bool = True

    def deliver(self, action: Action, _: Customer) -> DeliveryResult:
        if action.id.endswith(("7", "b")):
            raise Uncertain("the connection was lost")
        return DeliveryResult(f"{self.name}-{action.id}")


@dataclass
class VirtualHub(InMemoryHub):
    """`name` starts the ids of its customers. `when_delivered` gets the outcome of each delivered
    action. `rejected` are the events that could not be decided."""

    name: str = "c"
    publisher: Publisher = field(default_factory=Publisher)
    learned: fakes.LearnedCounters = field(default_factory=fakes.LearnedCounters)
    calendar: fakes.Calendar = field(default_factory=fakes.Calendar)
    when_delivered: Callable[[Mapping[str, Any]], None] = lambda _: None
    rejected: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        numbers, self._delivery_numbers = count(1), count(1)
        self._order = count()
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._delays = Random(self.name)  # noqa: S311 delays, not secrets
        self._templates: dict[int, Mapping[str, Template]] = {}
        self._around: tuple[datetime, int, Surroundings] | None = None
        resolver = replace(self.normalize.resolver, new_id=lambda: f"{self.name}-{next(numbers)}")
        self.normalize = replace(self.normalize, resolver=resolver)
        self.merger = replace(self.merger, size=size_in_bytes)
        self.decide = replace(
            self.decide,
            catalogue=lambda: self.catalogue,
            surroundings=self._surroundings,
            size=size_in_bytes,
            merger=self.merger,
        )
        recall = ReadLearnedCounters(self.learned)
        self._reader = SurroundingsReader(self.things, self.capacity, self.archive, recall)
        self._learn = LearnFromFeedback(self.learned, self.clock)
        self._life_events = AnnounceOccasions(self.calendar, self.customers, self.queue)
        self.channels = self._all_channels()
        self.answerer = self._make_answerer()

    def publish(self, rows: Rows) -> None:
        self.catalogue = self.publisher.publish(rows, self.clock())
        self._templates[self.catalogue.number] = self.catalogue.templates

    def schedule_call(self, when: datetime, call: Callable[[], object]) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), call))

    def run_until(self, end: datetime) -> None:
        """Events of the same moment are decided in one batch."""
        while self._agenda and self._agenda[0][0] <= end:
            moment, _, call = heapq.heappop(self._agenda)
            self.clock.at = moment
            call()
            if not self._agenda or self._agenda[0][0] > moment:
                self.process_all()
        self.clock.at = end

    def tick_hourly(self, start: datetime, end: datetime) -> None:
        """Ticks that announce life events."""
        while start <= end:
            tick = {"source": "aws.events", "detail-type": TICK_DETAIL_TYPE, "time": to_iso(start)}
            self.schedule_call(start, partial(self._life_events, [QueueMessage("tick", tick)]))
            start += timedelta(hours=1)

    def receive(self, source: str, payload: Any, delivery_id: str = "") -> None:
        """Receives a payload of a source and normalizes it."""
        name = delivery_id or f"{source}-{next(self._delivery_numbers)}"
        delivery = InboundPayload(
            id=name,
            source=source,
            received_at=self.clock(),
            correlation_id=f"{source}:{name}",
            payload=payload,
        )
        envelope = {"source": "segue.raw", "detail": delivery.to_dict()}
        _raise_first(self.normalize([QueueMessage("m", envelope)]))

    def send(self, event: Event) -> None:
        """Sends a canonical event to the customer that its identities name."""
        (traced,) = self.normalize.trace_actions([event])
        (owned,) = [traced] if traced.customer_id else self.normalize.resolver.resolve([traced])
        if isinstance(owned, Event):
            self.queue.send([owned])
            self.bus.publish("segue.event", [owned.to_dict()])

    def send_fact(self, event: Event) -> None:
        """Sends an event of a product, call queue or promotion."""
        _raise_first(self.normalize.record_facts([(QueueMessage("m", {}), event)]))

    def process_all(self) -> None:
        """Processes everything that is due at this moment."""
        while self.bus.published or self.queue.events:
            published = self.bus.published[:]
            self.bus.published.clear()
            for kind, detail in published:
                self._consume(kind, detail)
            self._decide_all()

    def _consume(self, kind: str, detail: Mapping[str, Any]) -> None:
        if kind == "segue.outcome":
            if detail["type"] == "action.delivered":
                self.when_delivered(detail)
            _raise_first(self.normalize([QueueMessage("m", {"source": kind, "detail": detail})]))
        elif kind == "segue.event":
            body = {"detail-type": detail["type"], "detail": detail}
            _raise_first(self._life_events([QueueMessage("m", body)]))
        elif detail.get("lessons"):
            _raise_first(self._learn([QueueMessage("m", {"detail": detail})]))

    def _decide_all(self) -> None:
        events = self.queue.events[:]
        self.queue.events.clear()
        messages = [QueueMessage(f"m-{n}", event.to_dict()) for n, event in enumerate(events)]
        for name, error in self.decide(messages).items():
            if not isinstance(error, Rejected):
                raise error
            self.rejected.append(events[int(name.removeprefix("m-"))])
        self._dispatch_all()

    def _dispatch_all(self) -> None:
        records = self.customers.outboxes[:]
        self.customers.outboxes.clear()
        topic, known_timers = fakes.ActionTopic(), set(self.schedule.timers)
        ports = (topic, self.schedule, self.decisions, self.bus, self.archive, self.queue)
        claiming = ClaimCapacity(self.capacity, self.ledger, self.clock)
        forgetting = ForgetIdentities(self.identities, self.conflicts)
        _raise_first(DispatchDecisions(*ports, claiming, forgetting)(records))
        for action in topic.actions:
            self.schedule_call(self._due_time(action), partial(self._carry_out, action))
        for timer_id in sorted(self.schedule.timers.keys() - known_timers):
            timer = self.schedule.timers[timer_id]
            event = Event.from_dict(timer.event)
            due_at = max(timer.due_at, self.clock())
            self.schedule_call(due_at, partial(self.queue.send, [event]))

    def _due_time(self, action: Action) -> datetime:
        now = self.clock()
        if action.channel == "letter":
            print_time = now.replace(hour=PRINT_HOUR, minute=0, second=0, microsecond=0)
            return print_time + timedelta(days=print_time <= now)
        if self._delays.random() < QUICK_SHARE:
            return now + timedelta(seconds=self._delays.randint(1, 20))
        return now + timedelta(minutes=self._delays.randint(30, 600))

    def _carry_out(self, action: Action) -> None:
        channel = self.channels[action.channel]
        actor = CarryOutActions(channel, self.addressees, self.ledger, self.bus, self.clock)
        failures = actor([QueueMessage(action.id, action.to_dict())])
        if any(not isinstance(error, Rejected) for error in failures.values()):
            _raise_first(failures)

    def _surroundings(self, catalogue: Catalogue) -> Surroundings:
        now = self.clock()
        if self._around:
            read_at, number, surroundings = self._around
            if number == catalogue.number and now - read_at < STALE:
                return surroundings
        self._around = now, catalogue.number, self._reader.read_current(catalogue, now)
        return self._around[2]

    def _all_channels(self) -> dict[str, Any]:
        content = MessageContent(lambda number: self._templates[number], LiquidRenderer())
        return {
            "email": EmailChannel(content, self.mail, INVITATIONS),
            "sms": SmsChannel(content, self.texts),
            "push": PushChannel(content, self.pushes),
            "call": CallChannel(content, self.call_centre),
            "warehouse": WarehouseChannel(self.warehouse),
            **{name: AnyProvider(name) for name in CONNECTED},
        }

    def _make_answerer(self) -> ServeOffers:
        numbers = count(1)
        return ServeOffers(
            find=FindCustomer(self.identities, load_namespaces(find_schemas_folder())),
            customers=self.addressees,
            catalogue=lambda: self.catalogue,
            surroundings=self._surroundings,
            renderer=LiquidRenderer(),
            decisions=self.decisions,
            bus=self.bus,
            keys=lambda: [API_KEY],
            clock=self.clock,
            new_id=lambda: f"{self.name}-q-{next(numbers)}",
        )


def _raise_first(failures: Mapping[Any, HubError]) -> None:
    for error in failures.values():
        raise error
