"""Runs a what-if: simulates a customer's past with the live catalogue and with a draft."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.catalogue.domain.catalogue import Catalogue
from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.carry_out_actions import build_outcome_event
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.episode import RecordedEpisode
from hub.model.event import Event
from hub.profile.domain.profile_limits import STATE_LIMIT, trim_to_limit
from hub.simulation.domain.what_if.virtual_time import (
    SimulationEnvironment,
    Turn,
    simulate_customer,
)
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class RunWhatIf:
    """Sends nothing and writes nothing. It assumes that every action is delivered at once and every
    claim granted. `size` measures a stored customer, in bytes."""

    live: Catalogue
    draft: Catalogue
    find_surroundings: Callable[[str], Surroundings]
    size: Callable[[Customer], int]
    until: datetime

    def __call__(self, records: Sequence[RecordedEpisode]) -> tuple[list[Turn], list[Turn]]:
        """Returns the turns of one customer with the live catalogue and with the draft.

        The customer's records are in the order of their versions."""
        environment = SimulationEnvironment(
            self.find_surroundings, _build_delivered_event, self._fit, self.until
        )
        return list(simulate_customer(records, self.live, environment)), list(
            simulate_customer(records, self.draft, environment)
        )

    def _fit(self, customer: Customer) -> Customer:
        return trim_to_limit(customer, self.size, STATE_LIMIT)


def _build_delivered_event(action: Action, at: datetime) -> Event:
    return build_outcome_event(action, LedgerEntry(ActionStatus.DELIVERED, at), at)
