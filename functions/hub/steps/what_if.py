"""What if: a customer's past, played through today's catalogue and through a draft of another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.domain.catalogue import Catalogue
from hub.domain.customer import Customer
from hub.domain.decision import Action
from hub.domain.episode import Recorded
from hub.domain.event import Event
from hub.domain.remember import fit
from hub.domain.surroundings import Surroundings
from hub.domain.what_if.playing import Stage, Turn, play
from hub.ports import Entry, Status
from hub.steps.act import outcome_of
from hub.steps.decide import STATE_LIMIT


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
