"""Carries out actions: open the ledger line, take the last look, call the provider, settle."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.contact_policy.domain.contactability import (
    TOO_LATE,
    find_quiet_hours_end,
    take_last_look,
)
from hub.delivery.ports import (
    ActionLedger,
    ActionStatus,
    DeliveryChannel,
    DeliveryResult,
    LedgerEntry,
)
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Unavailable, Uncertain, Unsettled
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus
from hub.model.action_content import Withdrawal
from hub.model.action_trace import TRACE
from hub.model.customer import Customer
from hub.model.decision import Action, Claim
from hub.model.event import Event, follow_up
from hub.platform.ports import Clock
from hub.profile.domain.public_view import omit_public_traits
from hub.profile.ports import Customers
from hub.surroundings.domain.capacity import is_window_over

ATTEMPT_TIMEOUT = timedelta(minutes=2)
CUT_OFF = "an attempt was cut off before its end was noted"
REPORTED_FIELDS = ("strategy", "offer", "category", "showing")
LookUp = Callable[[Action, Customer], DeliveryResult | None]


@dataclass(frozen=True, slots=True)
class CarryOutActions:
    """Carries out the actions of one channel. A repeated action takes effect at most once.

    `look_up` finds an action at its provider, and returns None if the provider does not have it.
    With it, `channel` looks an action up before it sends it.
    """

    channel: DeliveryChannel
    customers: Customers
    ledger: ActionLedger
    bus: Bus
    clock: Clock
    look_up: LookUp | None = None

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, lambda message: self._carry_out(Action.from_dict(message.body)))

    def _carry_out(self, action: Action) -> None:
        earlier = self.ledger.attempt(action, self.clock())
        if earlier and earlier.status is not ActionStatus.ATTEMPTED:
            self._publish_outcome(action, earlier)
            return
        customer = self.customers.read(action.customer_id)
        obstacle = find_obstacle(customer, action, self.clock())
        if earlier:
            entry = self._settle_interrupted(action, customer, earlier, obstacle)
        elif customer is None or obstacle:
            entry = obstacle
        else:
            entry = self._deliver(action, customer)
        if entry:
            self.settle(action, entry)

    def settle(self, action: Action, entry: LedgerEntry) -> None:
        """Settles the ledger line and publishes the outcome."""
        self.ledger.settle(action, entry)
        self._publish_outcome(action, entry)

    def _settle_interrupted(
        self,
        action: Action,
        customer: Customer | None,
        earlier: LedgerEntry,
        obstacle: LedgerEntry | None,
    ) -> LedgerEntry | None:
        """Settles an action whose earlier attempt was cut off, so that it may have taken effect.

        An obstacle is a reason not to repeat it. It does not say that it was not sent: the provider
        is asked, or the end is not known."""
        if self.channel.is_idempotent and customer and not obstacle:
            return self._deliver(action, customer, ActionStatus.ATTEMPTED)
        has_ended = bool(earlier.reason)
        if not has_ended and self.clock() - earlier.at < ATTEMPT_TIMEOUT:
            raise Unavailable("another delivery of this action is under way")
        if self.look_up is None or customer is None:
            return LedgerEntry(ActionStatus.UNKNOWN, self.clock(), CUT_OFF)
        if not obstacle:
            return self._deliver(action, customer, ActionStatus.ATTEMPTED)
        if found := self.look_up(action, customer):
            return self._build_delivered_entry(found)
        return obstacle

    def _deliver(
        self,
        action: Action,
        customer: Customer,
        without_effect: ActionStatus = ActionStatus.POSTPONED,
    ) -> LedgerEntry | None:
        """Returns None if the action is stored for a batch (see `DeliveryChannel.deliver`).

        `without_effect` is the status after an attempt that had no effect. It stays `attempted`
        if an earlier attempt may have had one."""
        try:
            result = self.channel.deliver(action, omit_public_traits(customer))
        except Uncertain as error:
            return LedgerEntry(ActionStatus.UNKNOWN, self.clock(), error.reason)
        except Unsettled as error:
            self.ledger.settle(
                action, LedgerEntry(ActionStatus.ATTEMPTED, self.clock(), error.reason)
            )
            raise
        except HubError as error:
            self.ledger.settle(action, LedgerEntry(without_effect, self.clock(), error.reason))
            raise
        return self._build_delivered_entry(result) if result else None

    def _build_delivered_entry(self, result: DeliveryResult) -> LedgerEntry:
        return LedgerEntry(
            ActionStatus.DELIVERED,
            self.clock(),
            reference=result.reference,
            details=result.details,
        )

    def _publish_outcome(self, action: Action, entry: LedgerEntry) -> None:
        """Publishes the outcome. A repeated message publishes it again, so an interruption never
        loses it."""
        outcome = build_outcome_event(action, entry, self.clock())
        self.bus.publish_one(bus_records.OUTCOME, outcome.to_dict())


def find_obstacle(customer: Customer | None, action: Action, now: datetime) -> LedgerEntry | None:
    """Returns the entry of an action that must not go out now, or None.

    A withdrawal goes out even if the customer may not be contacted: that is its reason."""
    if isinstance(action.what, Withdrawal):
        return None
    if stop := take_last_look(customer, action, now):
        return LedgerEntry(ActionStatus.DECLINED, now, stop)
    until = find_quiet_hours_end(customer, action, now) if customer else None
    if until and until >= action.expires_at:
        return LedgerEntry(ActionStatus.DECLINED, now, TOO_LATE)
    if ended := _find_ended_claim(action, until or now):
        reason = f"its share of {ended.name} was for an earlier time"
        details = {"capacity": ended.name, "returns": True}
        return LedgerEntry(ActionStatus.REFUSED, now, reason, details=details)
    if until:
        reason = f"quiet hours until {to_iso(until)}"
        return LedgerEntry(ActionStatus.POSTPONED, now, reason, details={"until": to_iso(until)})
    return None


def _find_ended_claim(action: Action, at: datetime) -> Claim | None:
    """Returns a share of an hour, day or month that is over when the action would go out.

    Only an action that can be decided again has one."""
    claims = action.claims if action.again else ()
    return next((claim for claim in claims if is_window_over(claim.name, at)), None)


def build_outcome_event(action: Action, entry: LedgerEntry, now: datetime) -> Event:
    """Builds the event that brings the outcome to the customer's profile."""
    about = {"action_id": action.id, "channel": action.channel, "rule_id": action.rule_id}
    subject = action.what.list_reported()
    subject |= {name: value for name in REPORTED_FIELDS if (value := getattr(action, name))}
    result: dict[str, Any] = {"reason": entry.reason, "reference": entry.reference}
    result = {name: value for name, value in result.items() if value}
    if lasts := action.what.words.get("answer_within"):
        subject["answer_within"] = lasts
    if entry.status is ActionStatus.REFUSED and action.again:
        # A new hour has new capacity, so no candidate is excluded.
        result["again"] = {**action.again, "without": []}
    is_postponed = entry.status is ActionStatus.POSTPONED
    until = f".{entry.details['until']}" if is_postponed else ""
    postponed_action = {"action": action.to_dict()} if is_postponed else {}
    return follow_up(
        action,
        id=f"{action.id}.{entry.status}{until}",
        type=f"action.{entry.status}",
        at=entry.at,
        received_at=now,
        properties={**entry.details, **about, **subject, **result, **postponed_action},
        context={
            "decision_id": action.decision_id,
            "path": (*action.path, action.rule_id),
            TRACE: action.trace.to_dict(),
        },
    )
