"""Claiming: what an action needs of the scarce is taken before it goes out, or it stays in."""

from dataclasses import dataclass

from hub.delivery.ports import ActionLedger, ActionStatus, LedgerEntry
from hub.model.decision import Action, Claim
from hub.model.event import Event, follow_up
from hub.platform.ports import Clock
from hub.surroundings.domain.capacity import explain_refusal
from hub.surroundings.ports import CapacityClaims


@dataclass(frozen=True, slots=True)
class ClaimCapacity:
    """A refusal stands in the capacity table and in the ledger before anybody is told of it, so
    that no repeat ever sends out what was refused."""

    capacity: CapacityClaims
    ledger: ActionLedger
    clock: Clock

    def __call__(self, action: Action) -> Event | None:
        """None when the action may go out, else the event on which the next best is decided."""
        if not action.claims:
            return None
        now = self.clock()
        short = self.capacity.claim(action.id, action.claims, action.expires_at, now)
        if short is None:
            return None
        entry = LedgerEntry(ActionStatus.REFUSED, now, explain_refusal(short))
        self.ledger.refuse(action, entry)
        return _build_refusal_event(action, short, entry)


def _build_refusal_event(action: Action, short: Claim, entry: LedgerEntry) -> Event:
    told = {
        "action_id": action.id,
        "channel": action.channel,
        "rule_id": action.rule_id,
        "capacity": short.name,
        "reason": entry.reason,
    }
    said = {"offer": action.offer, "again": action.again}
    return follow_up(
        action,
        id=f"{action.id}.{entry.status}",
        type=f"action.{entry.status}",
        at=entry.at,
        properties=told | {name: value for name, value in said.items() if value},
        context={"decision_id": action.decision_id, "path": (*action.path, action.rule_id)},
    )
