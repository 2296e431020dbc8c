"""Ports: facts about things, and claims on what is scarce."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from hub.model.decision import Claim
from hub.surroundings.domain.thing_fact import Fact


class CapacityClaims(Protocol):
    """Who has how much of what is scarce. Whatever is repeated, in whatever order: never is more
    taken than there is, and no action is answered now this way and now that."""

    def claim(
        self, action_id: str, claims: Sequence[Claim], until: datetime, now: datetime
    ) -> Claim | None:
        """Takes all the shares for the action, or none and returns the one that is not to be had.

        An action that was granted its shares has them, and one that was refused stays refused.
        What is lent (see `hub.surroundings.domain.capacity`) comes back by itself after `until`.
        """

    def give_back(self, action_ids: Sequence[str]) -> None:
        """Returns what the actions have taken; those that come to claim only later take nothing."""

    def complete(self, action_ids: Sequence[str]) -> None:
        """Returns what the actions were only lent; what they have spent stays spent."""

    def read_used(self, now: datetime) -> Mapping[str, int]:
        """How much of each capacity is taken, without what is overdue. May lag a moment behind."""


class FactStore(Protocol):
    """What is so of products, call queues and promotions, each as it was last said."""

    def note(self, facts: Sequence[Fact]) -> None:
        """A fact that comes late changes nothing, but is counted as every other is: once."""

    def read(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Kind -> name -> what is said of it, with `as_of`. May lag a moment behind."""
