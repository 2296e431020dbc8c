"""Refuses messages for the customers whom a public event names without a proof.

A refusal is taken from anybody, because it only silences. A later agreement with a proof undoes it.
"""

from dataclasses import dataclass, replace

from hub.identity.steps.find_customer import FindCustomer
from hub.intake.domain.trust_level import find_refused_consent
from hub.kernel.errors import Rejected
from hub.model.event import Event, follow_up

UPDATED = "customer.updated"


@dataclass(frozen=True, slots=True)
class RefuseForUnproven:
    find: FindCustomer

    def __call__(self, event: Event) -> list[Event]:
        """Returns an event with the refusals for each customer whom `event` names without a
        proof."""
        refused = find_refused_consent(event) if event.unproven else {}
        if not refused:
            return []
        owners = {self._find_owner(name, value) for name, value in event.unproven.items()}
        return [
            replace(_follow_up(event, owner), traits={"consent": refused})
            for owner in sorted(owners - {"", event.customer_id})
        ]

    def _find_owner(self, namespace: str, value: str) -> str:
        try:
            return self.find({namespace: value})
        except Rejected:
            return ""


def _follow_up(event: Event, owner: str) -> Event:
    refusal = follow_up(
        event,
        id=f"{event.id}.unproven.{owner}",
        type=UPDATED,
        at=event.occurred_at,
        received_at=event.received_at,
        properties={"reason": f"{event.type} of somebody who named this customer without a proof"},
        context={},
        customer_id=owner,
        added_hops=0,
    )
    return replace(refusal, trust=event.trust)
