"""What if: a customer's past, played through today's catalogue and through a draft of another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.steps.decide_events import STATE_LIMIT
from hub.delivery.ports import Entry, Status
from hub.delivery.steps.carry_out_actions import outcome_of
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.episode import Recorded
from hub.model.event import Event
from hub.profile.domain.apply_event import fit
from hub.simulation.domain.what_if.virtual_time import Stage, Turn, play
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Sends nothing and writes nothing. Every action is taken as delivered at once, and a share of
    what is scarce as granted. `size` measures a customer as stored, in bytes."""

    live: Catalogue
    draft: Catalogue
    surroundings: Callable[[str], Surroundings]
    size: Callable[[Customer], int]
    until: datetime

    def __call__(self, records: Sequence[Recorded]) -> tuple[list[Turn], list[Turn]]:
        """The turns of one customer, whose records are in the order of their versions: with the
        live catalogue and with the draft."""
        stage = Stage(self.surroundings, _delivered, self._fitted, self.until)
        return list(play(records, self.live, stage)), list(play(records, self.draft, stage))

    def _fitted(self, customer: Customer) -> Customer:
        return fit(customer, self.size, STATE_LIMIT)


def _delivered(action: Action, at: datetime) -> Event:
    return outcome_of(action, Entry(Status.DELIVERED, at), at)
