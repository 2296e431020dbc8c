"""Whatever becomes of payloads, events, decisions, waits and actions, the account is closed.

Each of them is at any time in one place: decided, recorded as surroundings, parked, waiting, at its
end, or in a queue. To the account a message that is under way is like a dead letter, so it must
close at every step and not only when the hub is at rest.

The hub is real and in memory, and so is the counting: `count_ends` and `Conservation`.
"""

import json
from collections import Counter
from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.delivery.ports import ActionStatus, DeliveryResult
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.delivery.steps.dispatch_decisions import DispatchDecisions
from hub.identity.domain.merge_record import MERGED, build_merge_command
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.intake.domain.normalization import Sources
from hub.intake.domain.source_definition import SourceDefinition
from hub.kernel.errors import Rejected, Unavailable, Uncertain
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.model.action_content import Withdrawal
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.episode import RecordedEpisode
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.profile.domain.erasure import ERASED
from tests import fakes
from tests.catalogues import a_policy, a_rule, a_template
from tests.factories import NOON
from tests.in_memory import InMemoryHub
from tools.day.conservation import Conservation
from tools.segue.balance import HubRecords, count_ends
from tools.segue.parked_payloads import REPLAYED, REPLAYING
from tools.segue.unknown_actions import ActionEnd, build_settlement

SOURCES = {"town": "trusted", "page": "public"}
STOCK, UNMAPPED = "stock.changed", "wish.made"
TYPES = ("cart.viewed", "search.performed", "store.visited", "order.completed")
CONSENT = {channel: {"marketing": True, "service": True} for channel in ("email", "call")}
REFUSAL = {"email": {"marketing": False}}
LETTER = {"do": "send", "template": "letter", "channel": "email", "answer_within": "3h"}
ROWS: dict[str, dict[str, Any]] = {
    "rules": {
        row["rule_id"]: row
        for row in (
            a_rule("write", LETTER, event="cart.viewed"),
            a_rule(
                "ring",
                {"do": "call", "template": "notice", "queue": "desk", "reason": "x"},
                event="search.performed",
            ),
            a_rule(
                "visit",
                {"do": "emit", "event": "visit.noted"},
                {"do": "wait", "for": "2h", "then": "visit.over"},
                event="store.visited",
            ),
            a_rule("thank", {**LETTER, "template": "notice"}, event="visit.over"),
        )
    },
    "offers": {},
    "policies": {
        row["policy_id"]: row
        for row in (
            a_policy("quiet_hours", "q", **{"from": "22:00", "to": "07:00"}),
            a_policy("capacity", "c", queue="desk", slots=1, per="hour"),
        )
    },
    "templates": {"letter": a_template(), "notice": a_template("notice", "service")},
}
MAP = {
    "occurred_at": "at",
    "identities": {"loyalty": "who", "cookie": "cookie"},
    "traits": {"contact": "contact", "consent": "consent"},
    "properties": {
        "product": "product",
        "order": "order",
        "amount": "amount",
        "currency": "currency",
    },
}
CHANNELS = ("email", "call")
PATHS = ("ok", "ok", "ok", "twice", "dead", "dead after its effect")


class Parked(fakes.ParkedPayloads):
    """With the status of each row, as the table has it."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[Any, str] = {}

    def park(self, payload: InboundPayload, field: str, reason: str) -> None:
        super().park(payload, field, reason)
        self.statuses[payload.source, payload.received_at, payload.id] = "parked"


class Provider:
    is_idempotent = False

    def __init__(self) -> None:
        self.fault = ""

    def deliver(self, action: Action, _: Customer) -> DeliveryResult:
        match self.fault:
            case "down":
                raise Unavailable("the provider is down")
            case "refuses":
                raise Rejected("the provider refuses it")
            case "lost":
                raise Uncertain("no answer")
        return DeliveryResult(f"ref-{action.id}")


class Account(RuleBasedStateMachine):
    @initialize(hour=st.sampled_from([0, 9]))
    def begin(self, hour: int) -> None:
        self.parked = Parked()
        self.hub = InMemoryHub(
            snapshot={"number": 1, "rows": ROWS, "running": {}},
            clock=fakes.FixedClock(NOON),
            parked=self.parked,
        )
        assert self.hub.catalogue.unreadable == {}
        self.hub.clock.passes(hours=hour)
        self.mapped = {*TYPES, STOCK}
        sources = Sources(self.find_source, lambda *_: None)
        self.hub.normalize = replace(self.hub.normalize, sources=sources)
        self.numbers = count(1)
        self.sent: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, str] = {}
        self.queues: dict[str, list[Any]] = {
            name: [] for name in ("events", "customer", "dispatch", "timers", *CHANNELS)
        }
        self.letters: dict[str, list[Any]] = {
            name: [] for name in (*self.queues, "customer-stream")
        }
        self.settled: dict[str, str] = {}
        self.fired: set[str] = set()
        self.erased = False
        self.seen = Counter[str]()
        self.provider = Provider()
        for who in ("1", "2"):
            self.post("town", "store.visited", who, "GBP", refuses=False)
            self.work_off()
        assert self.hub.customers.decided

    def find_source(self, name: str) -> SourceDefinition | None:
        types = {kind: {"type": kind, "schema": kind, "map": MAP} for kind in self.mapped}
        data = {"name": name, "trust": SOURCES[name], "event_type": "type", "types": types}
        return SourceDefinition.from_dict(data)

    # What comes in.

    @rule(
        source=st.sampled_from(["town", "town", "page"]),
        kind=st.sampled_from([*TYPES, STOCK, UNMAPPED]),
        who=st.sampled_from(["1", "2"]),
        currency=st.sampled_from(["GBP", "GBP", "XQQ"]),
        refuses=st.booleans(),
    )
    def post(self, source: str, kind: str, who: str, currency: str, *, refuses: bool) -> None:
        """Money in no currency has no room: what the event refuses counts, and it is parked.

        A page names a customer without a proof: only a refusal reaches that customer."""
        number = next(self.numbers)
        body = {
            "type": kind,
            "who": who,
            "at": to_iso(self.hub.clock()),
            "contact": {"email": f"{who}@example.com", "phone": "+442071838750"},
            "cookie": f"browser-{who}" if source == "page" else None,
            "consent": REFUSAL if refuses else CONSENT,
            "product": f"p-{who}",
            "order": f"o-{number}",
            "amount": 5,
            "currency": currency,
        }
        self.sent[f"d-{number}"] = body
        self.sources[f"d-{number}"] = source
        self.receive(f"d-{number}")

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: Any) -> None:
        """The vendor did not hear the answer and sends the same delivery later."""
        self.hub.clock.passes(seconds=1)
        self.receive(data.draw(st.sampled_from(sorted(self.sent))))

    def receive(self, delivery_id: str) -> None:
        payload = InboundPayload(
            id=delivery_id,
            source=self.sources[delivery_id],
            received_at=self.hub.clock(),
            correlation_id=delivery_id,
            payload=self.sent[delivery_id],
        )
        self.queues["events"].append({"source": "segue.raw", "detail": payload.to_dict()})

    @rule()
    def correct_the_mapping(self) -> None:
        self.mapped.add(UNMAPPED)

    @precondition(lambda self: self.parked.items)
    @rule(data=st.data(), is_cut=st.booleans())
    def replay(self, data: Any, is_cut: bool) -> None:
        """One row, whatever its status; perhaps the command dies before it marks the row."""
        key = data.draw(st.sampled_from(sorted(self.parked.items)))
        self.parked.statuses[key] = REPLAYING if is_cut else REPLAYED
        detail = self.parked.items[key].delivery.to_dict()
        self.queues["events"].append({"source": "segue.raw", "detail": detail})

    @rule()
    def merge(self) -> None:
        command = build_merge_command(
            MERGED,
            event_id="merge",
            now=self.hub.clock(),
            customer_id="c-2",
            absorbed="c-1",
        )
        self.queues["customer"].append(command.to_dict())

    @rule(name=st.sampled_from(["c-1", "c-2"]))
    def erase(self, name: str) -> None:
        """By hand, as `segue erase` does."""
        self.erased = True
        now, event_id = self.hub.clock(), f"by-hand-{next(self.numbers)}"
        event = Event(
            id=event_id,
            type=ERASED,
            source="segue",
            occurred_at=now,
            received_at=now,
            correlation_id=event_id,
            customer_id=name,
        )
        self.queues["customer"].append(event.to_dict())

    @rule(
        kind=st.sampled_from(["cart.viewed", "cart.viewed", "search.performed"]),
        who=st.sampled_from(["1", "2"]),
        channel=st.sampled_from(["", *CHANNELS]),
        path=st.sampled_from(PATHS),
        fault=st.sampled_from(["", "lost", "lost"]),
    )
    def ask_for_a_message(self, kind: str, who: str, channel: str, path: str, fault: str) -> None:
        """All goes well until an action lies in the queue of its channel, and perhaps further."""
        self.post("town", kind, who, "GBP", refuses=False)
        self.work_off("events", "customer", "dispatch")
        if channel:
            self.deliver(channel, path, fault)

    @rule()
    def pass_on_all_but_actions(self) -> None:
        self.work_off("events", "customer", "dispatch")

    # What becomes of messages.

    @rule(name=st.sampled_from(["events", "customer", "dispatch"]), path=st.sampled_from(PATHS))
    def work(self, name: str, path: str) -> None:
        if self.queues[name]:
            self.handle(name, self.queues[name].pop(0), path)

    @rule(
        name=st.sampled_from(CHANNELS),
        path=st.sampled_from(PATHS),
        fault=st.sampled_from(["", "", "down", "refuses", "lost"]),
    )
    def deliver(self, name: str, path: str, fault: str) -> None:
        if self.queues[name]:
            self.provider.fault = fault
            self.handle(name, self.queues[name].pop(0), path)
            self.provider.fault = ""

    @rule(is_saved=st.booleans())
    def give_up_on_an_outbox(self, is_saved: bool) -> None:
        """`dispatch` dies at each attempt, before or after it saved the decisions."""
        if self.queues["dispatch"]:
            outbox = self.queues["dispatch"].pop(0)
            if is_saved:
                self.hub.decisions.save(RecordedEpisode.from_dict(outbox).episode.decisions)
            self.letters["customer-stream"].append(to_stream_batch(outbox))

    @rule(path=st.sampled_from(["ok", "dead"]))
    def end_a_wait(self, path: str) -> None:
        for timer in sorted(self.hub.schedule.timers.values(), key=lambda timer: timer.due_at):
            if timer.due_at <= self.hub.clock() and timer.id not in self.fired:
                self.fired.add(timer.id)
                (self.queues["customer"] if path == "ok" else self.letters["timers"]).append(
                    timer.event
                )
                return

    @rule(name=st.sampled_from(["events", "customer", "dispatch", "timers", *CHANNELS]))
    def redrive(self, name: str) -> None:
        target = "customer" if name == "timers" else name
        self.queues[target] += self.letters[name]
        self.letters[name] = []

    @rule()
    def redrive_the_stream(self) -> None:
        for batch in self.letters["customer-stream"]:
            self.queues["dispatch"] += batch["outboxes"]
        self.letters["customer-stream"] = []

    @rule(data=st.data(), end=st.sampled_from(ActionEnd))
    def settle(self, data: Any, end: ActionEnd) -> None:
        lines = self.hub.ledger.lines.items()
        unknown = sorted(name for name, line in lines if line.status is ActionStatus.UNKNOWN)
        if unknown:
            name = data.draw(st.sampled_from(unknown))
            now = self.hub.clock()
            entry, event = build_settlement(self.hub.ledger.actions[name], end, "asked", "", now)
            self.settled[name] = self.hub.ledger.lines[name].status.value
            self.hub.ledger.lines[name] = entry
            self.hub.bus.publish_one("segue.outcome", event.to_dict())
            self.collect()

    @rule(minutes=st.sampled_from([1, 61, 300, 700]))
    def pass_time(self, minutes: int) -> None:
        self.hub.clock.passes(minutes=minutes)

    def is_repeat_of_the_erased(self, body: Any) -> bool:
        """Nobody remembers what an erased customer did: a repeat would be of somebody new."""
        detail = body.get("detail", {})
        event_id = f"{detail.get('source')}:{detail.get('id')}"
        return self.erased and event_id in {event.id for event in self.hub.queue.events}

    def handle(self, name: str, body: Any, path: str) -> None:
        if self.is_repeat_of_the_erased(body):
            return
        runs = {"ok": 1, "twice": 2, "dead": 0, "dead after its effect": 1}[path]
        is_dead = path.startswith("dead")
        for _ in range(runs):
            error = self.run_step(name, body)
            self.collect()
            if isinstance(error, Rejected):
                is_dead = True
            elif error and not is_dead:
                self.queues[name].append(body)
                return
        if is_dead:
            self.letters[name].append(body)

    def run_step(self, name: str, body: Any) -> Any:
        message = QueueMessage(id="m", body=body)
        if name == "events":
            return self.hub.normalize([message]).get("m")
        if name == "customer":
            return self.hub.decide([message]).get("m")
        if name == "dispatch":
            return self.dispatch(RecordedEpisode.from_dict(body))
        action = Action.from_dict(body)
        provider = Provider() if isinstance(action.what, Withdrawal) else self.provider
        hub = self.hub
        step = CarryOutActions(provider, hub.customers, hub.ledger, hub.bus, hub.clock)
        return step([message]).get("m")

    def dispatch(self, outbox: RecordedEpisode) -> Any:
        hub, topic = self.hub, fakes.ActionTopic()
        step = DispatchDecisions(
            topic,
            hub.schedule,
            hub.decisions,
            hub.bus,
            hub.archive,
            hub.queue,
            ClaimCapacity(hub.capacity, hub.ledger, hub.clock),
            ForgetIdentities(hub.identities, hub.conflicts),
        )
        failures = step([outbox])
        for action in topic.actions:
            self.queues[action.channel].append(action.to_dict())
        return failures.get(0)

    def collect(self) -> None:
        """Puts into the queues what the last step sent."""
        outcomes = [detail for kind, detail in self.hub.bus.published if kind == "segue.outcome"]
        self.queues["events"] += [
            {"source": "segue.outcome", "detail": outcome}
            for outcome in outcomes[self.seen["outcomes"] :]
        ]
        events, outboxes = self.hub.queue.events, self.hub.customers.outboxes
        self.queues["customer"] += [event.to_dict() for event in events[self.seen["events"] :]]
        self.queues["dispatch"] += [to_outbox(o) for o in outboxes[self.seen["outboxes"] :]]
        self.seen.update(
            outcomes=len(outcomes) - self.seen["outcomes"],
            events=len(events) - self.seen["events"],
            outboxes=len(outboxes) - self.seen["outboxes"],
        )

    def work_off(self, *names: str) -> None:
        """Until none of these queues, or no queue at all, has a message."""
        while any(self.queues[name] for name in names or self.queues):
            for name in names or self.queues:
                while self.queues[name]:
                    self.handle(name, self.queues[name].pop(0), "ok")

    # The account.

    def count(self, *, with_queues: bool) -> Conservation:
        now = self.hub.clock()
        due = [
            timer.event
            for timer in self.hub.schedule.timers.values()
            if timer.due_at <= now and timer.id not in self.fired
        ]
        under_way = {**self.queues, "timers": due} if with_queues else {}
        letters = {
            name: [json.dumps(body) for body in (*bodies, *under_way.get(name, ()))]
            for name, bodies in self.letters.items()
        }
        records = HubRecords(
            decisions=[
                {
                    "source": decision.source,
                    "event_type": decision.event_type,
                    "record": json.dumps(decision.to_dict()),
                }
                for decision in self.hub.decisions.items.values()
            ],
            facts=[{"name": n, "source": s} for n, s in self.hub.things.counted.items()],
            parked=[
                {"source": key[0], "delivery_id": key[2], "status": status}
                for key, status in self.parked.statuses.items()
            ]
            + [
                {
                    "source": event.source,
                    "delivery_id": event.id,
                    "status": "parked",
                    "bus_source": "segue.outcome",
                }
                for event, _, _ in self.hub.parked_events.items.values()
            ],
            ledger=[
                {
                    "action_id": name,
                    "status": line.status.value,
                    "settled_from": self.settled.get(name),
                }
                for name, line in self.hub.ledger.lines.items()
            ],
            letters=letters,
            dead={name: len(bodies) for name, bodies in letters.items()},
        )
        return Conservation(Counter(self.sources.values()), count_ends(records, now))

    @invariant()
    def each_has_one_end(self) -> None:
        if hasattr(self, "hub"):
            account = self.count(with_queues=True)
            assert account.holds, (account.events, account.after.actions)
            assert account.after.actions["pending"] == 0

    def teardown(self) -> None:
        """Redriven and worked off, nothing is dead and nothing waits."""
        if not hasattr(self, "hub"):
            return
        for _ in range(40):
            self.redrive_the_stream()
            for name in ("events", "customer", "dispatch", "timers", *CHANNELS):
                self.redrive(name)
            self.work_off()
            account = self.count(with_queues=False)
            if len(self.fired) == len(self.hub.schedule.timers):
                break
            self.hub.clock.passes(minutes=61)
            for _ in self.hub.schedule.timers:
                self.end_a_wait("ok")
        assert account.holds, (account.events, account.after.actions)
        ends = account.after
        assert (ends.dead_events, ends.waiting, ends.actions["dead_lettered"]) == ({}, {}, 0)
        assert (ends.actions["pending"], ends.actions["postponed"]) == (0, 0)


def to_outbox(record: RecordedEpisode) -> dict[str, Any]:
    """What `dispatch` reads from its queue."""
    before = record.before.to_dict() if record.before.version else None
    body = {
        "customer_id": record.episode.customer_id,
        "episode": record.episode.to_dict(),
        "before": before,
    }
    stored: dict[str, Any] = json.loads(json.dumps(body))
    return stored


def to_stream_batch(outbox: dict[str, Any]) -> dict[str, Any]:
    """What Lambda keeps of a record that it gave up on, and the outbox that is in it."""
    image = {
        "customer_id": {"S": outbox["customer_id"]},
        "outbox": {"S": json.dumps(outbox["episode"])},
    }
    record = {"dynamodb": {"SequenceNumber": "1", "NewImage": image}}
    return {"records": [record], "outboxes": [outbox]}


TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
