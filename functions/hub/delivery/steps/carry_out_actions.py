"""Act: the last look, one attempt in the ledger, one call to the provider, the outcome reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.contact_policy.domain.contactability import find_quiet_hours_end, take_last_look
from hub.delivery.ports import ActionLedger, ActionStatus, DeliveryChannel, LedgerEntry
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Unavailable, Uncertain
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus
from hub.model.action_content import Withdrawal
from hub.model.action_trace import TRACE
from hub.model.decision import Action
from hub.model.event import Event, follow_up
from hub.platform.ports import Clock
from hub.profile.ports import Customers

ATTEMPT_TIMEOUT = timedelta(minutes=2)
REPORTED_FIELDS = ("strategy", "offer", "category", "showing")


@dataclass(frozen=True, slots=True)
class CarryOutActions:
    """Carries out the actions of one channel, each at most once however often it is delivered.

    A channel that `looks_up` asks its provider what became of an action before it tries again.
    """

    channel: DeliveryChannel
    customers: Customers
    ledger: ActionLedger
    bus: Bus
    clock: Clock
    has_lookup: bool = False

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, lambda message: self._carry_out(Action.from_dict(message.body)))

    def _carry_out(self, action: Action) -> None:
        found = self.ledger.attempt(action, self.clock())
        if found and found.status is not ActionStatus.ATTEMPTED:
            self._publish_outcome(action, found)
            return
        entry = self._close_interrupted(found) if found and not self.channel.is_idempotent else None
        if entry := entry or self._attempt(action):
            self.settle(action, entry)

    def settle(self, action: Action, entry: LedgerEntry) -> None:
        """Notes how the action ended and tells it."""
        self.ledger.settle(action, entry)
        self._publish_outcome(action, entry)

    def _close_interrupted(self, found: LedgerEntry) -> LedgerEntry | None:
        now = self.clock()
        if now - found.at < ATTEMPT_TIMEOUT:
            raise Unavailable("another delivery of this action is under way")
        if self.has_lookup:
            return None
        return LedgerEntry(
            ActionStatus.UNKNOWN, now, "an attempt was cut off before its end was noted"
        )

    def _attempt(self, action: Action) -> LedgerEntry | None:
        """None while it is under way with others (see `Channel.deliver`)."""
        customer, now = self.customers.read(action.customer_id), self.clock()
        # What is to be withdrawn is wanted just because the customer would not have it any more.
        is_withdrawal = isinstance(action.what, Withdrawal)
        stop = None if is_withdrawal else take_last_look(customer, action, now)
        if customer is None or stop:
            return LedgerEntry(ActionStatus.DECLINED, now, stop or "")
        if until := find_quiet_hours_end(customer, action, now):
            reason = f"quiet hours until {to_iso(until)}"
            return LedgerEntry(
                ActionStatus.POSTPONED, now, reason, details={"until": to_iso(until)}
            )
        try:
            sent = self.channel.deliver(action, customer)
        except Uncertain as doubt:
            return LedgerEntry(ActionStatus.UNKNOWN, self.clock(), doubt.reason)
        except HubError as error:
            self.ledger.settle(
                action, LedgerEntry(ActionStatus.POSTPONED, self.clock(), error.reason)
            )
            raise
        if sent is None:
            return None
        return LedgerEntry(
            ActionStatus.DELIVERED, self.clock(), reference=sent.reference, details=sent.details
        )

    def _publish_outcome(self, action: Action, entry: LedgerEntry) -> None:
        """Tells the bus; said again on every redelivery, so that a cut never swallows it."""
        outcome = build_outcome_event(action, entry, self.clock())
        self.bus.publish_one(bus_records.OUTCOME, outcome.to_dict())


def build_outcome_event(action: Action, entry: LedgerEntry, now: datetime) -> Event:
    """The event that tells the customer's own record how the action ended."""
    about = {"action_id": action.id, "channel": action.channel, "rule_id": action.rule_id}
    subject = action.what.list_reported()
    subject |= {name: value for name in REPORTED_FIELDS if (value := getattr(action, name))}
    said = {"reason": entry.reason, "reference": entry.reference}
    said = {name: value for name, value in said.items() if value}
    postponed = entry.status is ActionStatus.POSTPONED
    again = f".{entry.details['until']}" if postponed else ""
    whole = {"action": action.to_dict()} if postponed else {}
    return follow_up(
        action,
        id=f"{action.id}.{entry.status}{again}",
        type=f"action.{entry.status}",
        at=entry.at,
        received_at=now,
        properties={**entry.details, **about, **subject, **said, **whole},
        context={
            "decision_id": action.decision_id,
            "path": (*action.path, action.rule_id),
            TRACE: action.trace.to_dict(),
        },
    )
