"""Refuses messages for the customers whom an event names without a proof.

A refusal is taken from anybody, because it only silences. A later agreement with a proof undoes it.
"""

from dataclasses import dataclass

from hub.identity.steps.find_customer import NOBODY, FindCustomer
from hub.kernel.errors import Rejected
from hub.model.event import Event
from hub.profile.domain.refusal_event import build_refusal
from hub.profile.domain.trait_kinds import find_refusals


@dataclass(frozen=True, slots=True)
class RefuseForUnproven:
    find: FindCustomer

    def __call__(self, event: Event) -> list[Event]:
        """Returns an event with the refusals for each customer of an unproven key."""
        refused = find_refusals(event.traits) if event.unproven else {}
        if not refused:
            return []
        owners = {self._find_owner(name, value) for name, value in event.unproven.items()}
        reason = f"{event.type} of somebody who named this customer without a proof"
        return [
            build_refusal(event, owner, refused, reason)
            for owner in sorted(owners - {NOBODY, event.customer_id})
        ]

    def _find_owner(self, namespace: str, value: str) -> str:
        try:
            return self.find({namespace: value})
        except Rejected:
            return NOBODY
