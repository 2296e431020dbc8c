"""Whatever happens to a customer while messages wait, are attempted, cut off and delivered again:

- nothing goes out that the customer, the policies and the offer do not allow at that very time;
- nothing goes out twice, and of what is said not to have gone out nothing did;
- no wait and no message is lost, and each comes to an end;
- no more calls are made in an hour than there are slots;
- nobody is told not to have answered what they did not get.

The hub is real and in memory. What is allowed is computed here from what happened, and not by the
hub.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.catalogue.domain.catalogue import Catalogue
from hub.delivery.ports import ActionStatus, DeliveryResult, LedgerEntry
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.delivery.steps.dispatch_decisions import DispatchDecisions
from hub.identity.domain.merge_record import MERGED, build_merge_command
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.kernel.errors import HubError, Unavailable, Uncertain, Unsettled
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import parse_time
from hub.model.action_content import Withdrawal
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.episode import Episode
from hub.model.event import Event
from tests import fakes
from tests.catalogues import a_policy, a_rule, a_template, an_offer
from tests.factories import NOON, a_customer, an_event
from tests.in_memory import InMemoryHub

SLOTS = 1
QUIET_FROM, QUIET_TO = 22, 7
OFFER_ENDS = NOON + timedelta(hours=22, minutes=30)
COMPLAINT_COUNTS_FOR = timedelta(days=14)
GOAL = "order.completed"
OFFER = {"do": "offer", "tag": "spring", "channels": ["email"]}
SEND = {"do": "send", "template": "letter", "channel": "email", "goal": GOAL, "answer_within": "3h"}
CALL = {"do": "call", "template": "letter", "queue": "desk", "reason": "x", "goal": GOAL}
NOTICE = {"do": "send", "template": "notice", "channel": "email"}
POLICIES = (
    a_policy("quiet_hours", "q", **{"from": f"{QUIET_FROM}:00", "to": f"0{QUIET_TO}:00"}),
    a_policy("suppression", "s", when="seen('complaint.filed', days=14)"),
    a_policy("capacity", "c", queue="desk", slots=SLOTS, per="hour"),
)
TRIGGERS = ("page.viewed", "cart.viewed", "search.performed", "store.visited")


def publish(number: int, *written: dict[str, Any], offer_status: str = "live") -> Catalogue:
    """A catalogue whose rule `write` has these verbs."""
    rules = (
        a_rule("promo", OFFER),
        a_rule("write", *written, event="cart.viewed"),
        a_rule("ring", CALL, event="search.performed"),
        a_rule("serve", NOTICE, event="store.visited"),
        a_rule("chase", {"do": "emit", "event": "chase.begun"}, event="response.missing"),
    )
    beans = an_offer("beans", ends=OFFER_ENDS.isoformat(), goal=GOAL, status=offer_status)
    rows = {
        "rules": {row["rule_id"]: row for row in rules},
        "offers": {"beans": beans},
        "policies": {row["policy_id"]: row for row in POLICIES},
        "templates": {"letter": a_template(), "notice": a_template("notice", "service")},
    }
    catalogue = Catalogue.from_snapshot({"number": number, "rows": rows})
    assert catalogue.unreadable == {}
    return catalogue


CATALOGUES = (
    publish(1, SEND),
    publish(2, NOTICE, SEND),
    publish(3, {**SEND, "expires": "2d"}, NOTICE, offer_status="paused"),
)

WRITTEN = {1: {"letter"}, 2: {"notice", "letter"}, 3: {"letter", "notice"}}
"""Number of a catalogue -> the templates that its rule `write` asks for."""


class CutLedger(fakes.ActionLedger):
    """With `is_cut` the process dies before it can settle the next line."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut = False

    def settle(self, action: Action, entry: LedgerEntry) -> None:
        if self.is_cut:
            self.is_cut = False
            raise Unavailable("the process died")
        super().settle(action, entry)


@dataclass
class Provider:
    """Notes each message that goes out. `faults` come in turn: `down` has no effect, `lost` has its
    effect and does not answer, `dead` has none and does not answer either."""

    is_idempotent: bool
    note: Callable[[Action], None]
    done: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:
        if isinstance(action.what, Withdrawal):
            return DeliveryResult(action.what.task, {"withdrawn": True})
        assert not customer.erased
        fault = self.faults.pop() if self.faults else ""
        if fault == "down":
            raise Unavailable("the provider is down")
        is_repeat = self.is_idempotent and action.id in self.done
        if fault != "dead" and not is_repeat:
            self.done.add(action.id)
            self.note(action)
        if fault in ("lost", "dead"):
            raise Unsettled("no answer") if self.is_idempotent else Uncertain("no answer")
        return DeliveryResult(f"ref-{action.id}")


@dataclass
class Truth:
    """What happened to the person."""

    orders: list[datetime] = field(default_factory=list)
    complaints: list[datetime] = field(default_factory=list)
    unsubscribed: bool = False
    erased: bool = False

    def allows(self, action: Action, now: datetime) -> bool:
        if self.erased:
            return False
        if action.what.purpose == "service":
            return True
        began_at = parse_time(action.event["occurred_at"])
        is_night = now.hour >= QUIET_FROM or now.hour < QUIET_TO
        has_complained = any(now - at <= COMPLAINT_COUNTS_FOR for at in self.complaints)
        has_bought = any(at > began_at for at in self.orders)
        has_ended = action.offer == "beans" and now >= OFFER_ENDS
        return not (self.unsubscribed or is_night or has_complained or has_bought or has_ended)


class LifeOfMessages(RuleBasedStateMachine):
    @initialize(start=st.sampled_from([NOON, NOON + timedelta(hours=9, minutes=58)]))
    def begin(self, start: datetime) -> None:
        self.ledger = CutLedger()
        self.hub = InMemoryHub(
            snapshot={"number": 0, "rows": {}, "running": {}},
            clock=fakes.FixedClock(start),
            ledger=self.ledger,
        )
        self.hub.catalogue = CATALOGUES[0]
        self.truth, self.numbers = Truth(), count(1)
        self.asked_for: dict[str, int] = {}
        self.effects: list[tuple[datetime, Action]] = []
        self.providers = {
            "email": Provider(is_idempotent=False, note=self.note),
            "call": Provider(is_idempotent=True, note=self.note),
        }
        self.queued: dict[str, Action] = {}
        self.fired: set[str] = set()
        self.dispatched = self.decided = self.heard = 0
        self.customer_id = "c-1"
        for name in ("c-1", "c-2"):
            ann = a_customer().with_changes(customer_id=name)
            self.hub.customers.write(ann, self.an_empty_episode(name))
        self.hub.customers.outboxes.clear()

    @property
    def now(self) -> datetime:
        return self.hub.clock()

    def an_empty_episode(self, name: str) -> Episode:
        return Episode(
            customer_id=name,
            version=0,
            decided_at=self.now,
            catalogue=1,
            surroundings="",
            seed="",
            events=(),
            decisions=(),
        )

    def note(self, action: Action) -> None:
        """A message goes out: this is where the law is broken or kept."""
        assert self.truth.allows(action, self.now), (action.to_dict(), self.now, self.truth)
        template = action.what.to_dict()["template"]
        assert template in WRITTEN[self.asked_for[action.event["id"]]] or action.rule_id != "write"
        self.effects.append((self.now, action))

    def hear(self, event: Event) -> None:
        assert self.hub.decide([QueueMessage(id=event.id, body=event.to_dict())]) == {}

    def happen(self, event_type: str, **given: Any) -> None:
        self.hub.clock.passes(seconds=1)
        event_id = f"e-{next(self.numbers)}"
        self.asked_for[event_id] = self.hub.catalogue.number
        self.hear(
            an_event(
                event_type,
                event_id,
                customer_id=self.customer_id,
                occurred_at=self.now,
                **given,
            )
        )
        self.hear_queue()

    def hear_queue(self) -> None:
        """What dispatch and merges send to the customer's queue."""
        while self.decided < len(self.hub.queue.events):
            self.decided += 1
            self.hear(self.hub.queue.events[self.decided - 1])

    # What the customer does.

    @rule(event_type=st.sampled_from(TRIGGERS))
    def visit_and_wait(self, event_type: str) -> None:
        """What is decided lies in a queue."""
        self.visit(event_type)
        self.dispatch(is_repeated=False)

    @rule(event_type=st.sampled_from(TRIGGERS))
    def visit(self, event_type: str) -> None:
        self.happen(event_type)

    @rule(change=st.sampled_from([*["order", "complain"] * 4, "unsubscribe", "erase"]))
    def change_their_mind(self, change: str) -> None:
        """One rule for all, because most of them end all marketing."""
        {
            "order": self.order,
            "complain": self.complain,
            "unsubscribe": self.unsubscribe,
            "erase": self.erase,
        }[change]()

    def order(self) -> None:
        order = {"order": f"o-{next(self.numbers)}", "amount": 100, "currency": "EUR"}
        self.happen(GOAL, properties=order)
        self.truth.orders.append(self.now)

    def complain(self) -> None:
        self.happen("complaint.filed", properties={"subject": "late"})
        self.truth.complaints.append(self.now)

    def unsubscribe(self) -> None:
        refusals = {channel: {"marketing": False} for channel in ("email", "call")}
        self.happen("preferences.changed", traits={"consent": refusals})
        self.truth.unsubscribed = True

    def erase(self) -> None:
        if not self.truth.erased:
            self.happen("customer.erased")
            self.truth.erased = True

    @precondition(lambda self: self.customer_id == "c-1" and not self.truth.erased)
    @rule()
    def merge(self) -> None:
        command = build_merge_command(
            MERGED, event_id="merge", now=self.now, customer_id="c-2", absorbed="c-1"
        )
        self.hear(command)
        self.customer_id = "c-2"

    # What the owner of the hub does.

    @rule(catalogue=st.sampled_from(CATALOGUES))
    def edit_or_roll_back(self, catalogue: Catalogue) -> None:
        self.hub.catalogue = catalogue

    # What queues, schedules and providers do.

    @rule(minutes=st.sampled_from([1, 3, 60, 300]))
    def pass_time(self, minutes: int) -> None:
        self.hub.clock.passes(minutes=minutes)

    @rule()
    def pass_to_the_edge_of_the_night(self) -> None:
        """One minute before quiet hours begin, or one after they begin or end."""
        edges = [(QUIET_TO, 1), (QUIET_FROM - 1, 59), (QUIET_FROM, 1), (QUIET_TO + 24, 1)]
        midnight = self.now.replace(hour=0, minute=0)
        times = [midnight + timedelta(hours=hour, minutes=minute) for hour, minute in edges]
        self.hub.clock.at = min(at for at in times if at > self.now)

    @rule(is_repeated=st.booleans())
    def dispatch(self, is_repeated: bool = False) -> None:
        outboxes = self.hub.customers.outboxes
        fresh = outboxes[max(0, self.dispatched - is_repeated) :]
        self.dispatched = len(outboxes)
        hub, topic = self.hub, fakes.ActionTopic()
        claim = ClaimCapacity(hub.capacity, self.ledger, hub.clock)
        step = DispatchDecisions(
            topic,
            hub.schedule,
            hub.decisions,
            hub.bus,
            hub.archive,
            hub.queue,
            claim,
            ForgetIdentities(hub.identities, hub.conflicts),
        )
        assert step(fresh) == {}
        # A resumed action has the id of the postponed one; the queue holds both.
        for action in topic.actions:
            self.queued[f"{action.id} {len(self.queued)}"] = action
        self.hear_queue()

    @precondition(lambda self: self.queued)
    @rule(
        data=st.data(),
        fault=st.sampled_from(["", "", "down", "lost", "dead", "cut"]),
    )
    def deliver(self, data: Any, fault: str) -> None:
        """A message of a queue, perhaps one that was delivered before."""
        self.carry_out(data.draw(st.sampled_from(sorted(self.queued))), fault)

    def carry_out(self, name: str, fault: str = "") -> HubError | None:
        action = self.queued[name]
        provider = self.providers[action.channel]
        self.ledger.is_cut = fault == "cut"
        provider.faults[:] = [fault] if fault not in ("", "cut") else []
        step = CarryOutActions(
            provider, self.hub.customers, self.ledger, self.hub.bus, self.hub.clock
        )
        failures = step([QueueMessage(id="m", body=action.to_dict())])
        self.ledger.is_cut, provider.faults[:] = False, []
        return failures.get("m")

    def hear_outcomes(self, is_repeated: bool = False) -> None:
        outcomes = [detail for kind, detail in self.hub.bus.published if kind == "segue.outcome"]
        fresh = outcomes[max(0, self.heard - is_repeated) :]
        self.heard = len(outcomes)
        for outcome in fresh:
            body = {"source": "segue.outcome", "detail": outcome}
            assert self.hub.normalize([QueueMessage(id="m", body=body)]) == {}
        self.hear_queue()

    def fire_timers(self) -> None:
        timers = self.hub.schedule.timers.values()
        due = [timer for timer in timers if timer.due_at <= self.now and timer.id not in self.fired]
        for timer in sorted(due, key=lambda timer: timer.due_at):
            self.fired.add(timer.id)
            self.hear(Event.from_dict(timer.event))
        self.hear_queue()

    @rule(is_repeated=st.booleans())
    def hear_of_outcomes_and_timers(self, is_repeated: bool) -> None:
        self.hear_outcomes(is_repeated)
        self.fire_timers()

    # What holds at all times.

    @invariant()
    def no_message_goes_out_twice(self) -> None:
        sent = Counter(
            (action.event["id"], action.rule_id, action.what.to_dict()["template"])
            for _, action in self.effects
        )
        assert not [key for key, times in sent.items() if times > 1]

    @invariant()
    def no_more_calls_an_hour_than_slots(self) -> None:
        calls = Counter(f"{at:%d %H}" for at, a in self.effects if a.channel == "call")
        assert not [hour for hour, calls_made in calls.items() if calls_made > SLOTS]

    @invariant()
    def what_is_said_not_to_have_gone_out_did_not(self) -> None:
        sent = {action.id for _, action in self.effects}
        not_sent = {ActionStatus.DECLINED, ActionStatus.REFUSED, ActionStatus.POSTPONED}
        said = {name for name, entry in self.ledger.lines.items() if entry.status in not_sent}
        assert not sent & said

    @invariant()
    def each_wait_and_each_action_has_a_name_of_its_own(self) -> None:
        waits: dict[str, Any] = {}
        actions: Counter[str] = Counter()
        for decision in self.hub.customers.decided:
            actions.update(action.id for action in decision.actions)
            for timer in decision.timers:
                assert waits.setdefault(timer.id, timer.event) == timer.event
        assert not [name for name, times in actions.items() if times > 1]

    @invariant()
    def only_what_went_out_or_may_have_is_missed(self) -> None:
        told: list[Mapping[str, Any]] = [
            emitted for d in self.hub.customers.decided for emitted in d.emitted
        ]
        for event in told:
            if event["type"] == "response.missing":
                line = self.ledger.lines[event["id"].removesuffix(".missing")]
                assert line.status in {ActionStatus.DELIVERED, ActionStatus.UNKNOWN}

    def teardown(self) -> None:
        """In the end every message of every queue has come to an end, and no wait is left."""
        if not hasattr(self, "hub"):
            return
        for _ in range(40):
            self.work_off()
            self.no_message_goes_out_twice()
            self.no_more_calls_an_hour_than_slots()
            self.only_what_went_out_or_may_have_is_missed()
            waiting = self.hub.schedule.timers.keys() - self.fired
            if not self.queued and not waiting:
                break
            self.hub.clock.passes(minutes=61)
        assert not self.queued
        assert self.hub.schedule.timers.keys() == self.fired
        left = {ActionStatus.ATTEMPTED, ActionStatus.POSTPONED}
        assert not [n for n, entry in self.ledger.lines.items() if entry.status in left]
        published = {a.id for d in self.hub.customers.decided for a in (*d.actions, *d.resumed)}
        assert published == self.ledger.lines.keys()
        self.what_is_said_not_to_have_gone_out_did_not()

    @rule()
    def work_off(self) -> None:
        """Until nothing more happens without time passing."""
        for _ in range(100):
            self.dispatch()
            for name in [*self.queued]:
                if self.carry_out(name) is None:
                    del self.queued[name]
            self.hear_outcomes()
            self.fire_timers()
            if self.is_idle():
                return
        raise AssertionError("the hub goes round in circles")

    def is_idle(self) -> bool:
        outcomes = [kind for kind, _ in self.hub.bus.published if kind == "segue.outcome"]
        return self.dispatched == len(self.hub.customers.outboxes) and self.heard == len(outcomes)


TestLifeOfMessages = LifeOfMessages.TestCase
TestLifeOfMessages.settings = settings(max_examples=250, stateful_step_count=40, deadline=None)
