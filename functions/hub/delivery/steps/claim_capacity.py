"""Claims the capacities that an action needs, before the action is sent."""

from dataclasses import dataclass

from hub.delivery.ports import ActionLedger, ActionStatus, LedgerEntry
from hub.model.decision import Action, Claim
from hub.model.event import Event, follow_up
from hub.platform.ports import Clock
from hub.surroundings.domain.capacity import explain_refusal
from hub.surroundings.ports import CapacityClaims


@dataclass(frozen=True, slots=True)
class ClaimCapacity:
    """Claims capacity. A refusal is in the capacity table and the ledger before its event is sent,
    so a repeat never sends a refused action."""

    capacity: CapacityClaims
    ledger: ActionLedger
    clock: Clock

    def __call__(self, action: Action) -> Event | None:
        """Returns None if the action may be sent, else `action.refused`, on which the hub decides
        again."""
        if not action.claims:
            return None
        now = self.clock()
        refused_claim = self.capacity.claim(action.id, action.claims, action.expires_at, now)
        if refused_claim is None:
            return None
        entry = LedgerEntry(ActionStatus.REFUSED, now, explain_refusal(refused_claim))
        self.ledger.refuse(action, entry)
        return _build_refusal_event(action, refused_claim, entry)


def _build_refusal_event(action: Action, refused_claim: Claim, entry: LedgerEntry) -> Event:
    properties = {
        "action_id": action.id,
        "channel": action.channel,
        "rule_id": action.rule_id,
        "capacity": refused_claim.name,
        "reason": entry.reason,
    }
    optional = {"offer": action.offer, "again": action.again}
    return follow_up(
        action,
        id=f"{action.id}.{entry.status}",
        type=f"action.{entry.status}",
        at=entry.at,
        properties=properties | {name: value for name, value in optional.items() if value},
        context={"decision_id": action.decision_id, "path": (*action.path, action.rule_id)},
    )
