"""Act: the last look, one attempt in the ledger, one call to the provider, the outcome reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.contact_policy.domain.contactability import last_look, quiet_until
from hub.delivery.ports import Channel, Entry, Ledger, Status
from hub.kernel.each_message import each
from hub.kernel.errors import HubError, Unavailable, Uncertain
from hub.kernel.queue_message import Message
from hub.kernel.times import iso
from hub.messaging.ports import Bus
from hub.model.action_trace import TRACE
from hub.model.decision import WITHDRAWS, Action
from hub.model.event import Event
from hub.platform.ports import Clock
from hub.profile.ports import Customers

UNDER_WAY = timedelta(minutes=2)
SUBJECTS = ("template", "queue", "dataset", "connector", "purpose", WITHDRAWS)
ABOUT = ("strategy", "offer", "category", "showing")


@dataclass(frozen=True, slots=True)
class Actor:
    """Carries out the actions of one channel, each at most once however often it is delivered.

    A channel that `looks_up` asks its provider what became of an action before it tries again.
    """

    channel: Channel
    customers: Customers
    ledger: Ledger
    bus: Bus
    clock: Clock
    looks_up: bool = False

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return each(messages, lambda message: self._carry_out(Action.from_dict(message.body)))

    def _carry_out(self, action: Action) -> None:
        found = self.ledger.attempt(action, self.clock())
        if found and found.status is not Status.ATTEMPTED:
            self._report(action, found)
            return
        entry = self._interrupted(found) if found and not self.channel.keyed else None
        if entry := entry or self._attempt(action):
            self.end(action, entry)

    def end(self, action: Action, entry: Entry) -> None:
        """Notes how the action ended and tells it."""
        self.ledger.settle(action, entry)
        self._report(action, entry)

    def _interrupted(self, found: Entry) -> Entry | None:
        now = self.clock()
        if now - found.at < UNDER_WAY:
            raise Unavailable("another delivery of this action is under way")
        if self.looks_up:
            return None
        return Entry(Status.UNKNOWN, now, "an attempt was cut off before its end was noted")

    def _attempt(self, action: Action) -> Entry | None:
        """None while it is under way with others (see `Channel.deliver`)."""
        customer, now = self.customers.read(action.customer_id), self.clock()
        # What is to be withdrawn is wanted just because the customer would not have it any more.
        stop = None if WITHDRAWS in action.what else last_look(customer, action, now)
        if customer is None or stop:
            return Entry(Status.DECLINED, now, stop or "")
        if until := quiet_until(customer, action, now):
            reason = f"quiet hours until {iso(until)}"
            return Entry(Status.POSTPONED, now, reason, told={"until": iso(until)})
        try:
            sent = self.channel.deliver(action, customer)
        except Uncertain as doubt:
            return Entry(Status.UNKNOWN, self.clock(), doubt.reason)
        except HubError as error:
            self.ledger.settle(action, Entry(Status.POSTPONED, self.clock(), error.reason))
            raise
        if sent is None:
            return None
        return Entry(Status.DELIVERED, self.clock(), reference=sent.reference, told=sent.told)

    def _report(self, action: Action, entry: Entry) -> None:
        """Tells the bus; said again on every redelivery, so that a cut never swallows it."""
        outcome = outcome_of(action, entry, self.clock())
        for reason in self.bus.publish("segue.outcome", [outcome.to_dict()]).values():
            raise Unavailable(f"the outcome was not published: {reason}")


def outcome_of(action: Action, entry: Entry, now: datetime) -> Event:
    """The event that tells the customer's own record how the action ended."""
    about = {"action_id": action.id, "channel": action.channel, "rule_id": action.rule_id}
    subject = {name: action.what[name] for name in SUBJECTS if name in action.what}
    subject |= {name: value for name in ABOUT if (value := getattr(action, name))}
    said = {"reason": entry.reason, "reference": entry.reference}
    said = {name: value for name, value in said.items() if value}
    postponed = entry.status is Status.POSTPONED
    again = f".{entry.told['until']}" if postponed else ""
    whole = {"action": action.to_dict()} if postponed else {}
    return Event(
        id=f"{action.id}.{entry.status}{again}",
        type=f"action.{entry.status}",
        source="segue",
        occurred_at=entry.at,
        received_at=now,
        correlation_id=action.correlation_id,
        customer_id=action.customer_id,
        properties={**entry.told, **about, **subject, **said, **whole},
        context={
            "decision_id": action.decision_id,
            "path": (*action.path, action.rule_id),
            TRACE: action.trace.to_dict(),
        },
        hops=action.hops + 1,
    )
