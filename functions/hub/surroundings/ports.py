"""The ports to the facts about things and to the claims on capacities."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.kernel.json_types import JsonObject
from hub.model.decision import Claim
from hub.surroundings.domain.thing_fact import Fact


class CapacityClaims(Protocol):
    """The claims of actions on capacities.

    Calls may repeat and come in any order: the claims never exceed a capacity, and an action
    always gets the same answer.
    """

    def claim(
        self, action_id: str, claims: Sequence[Claim], until: datetime, now: datetime
    ) -> Claim | None:
        """Takes all claims for the action, or takes none and returns the one that does not fit.

        A granted action keeps its claims, and a refused action stays refused. A loan (see
        `hub.surroundings.domain.capacity`) ends by itself after `until`.
        """

    def give_back(self, action_ids: Sequence[str]) -> None:
        """Returns all that the actions have taken. An action that claims later takes nothing."""

    def complete(self, action_ids: Sequence[str]) -> None:
        """Returns the loans of the actions; what they have spent stays spent."""

    def read_used(self, now: datetime) -> Mapping[str, int]:
        """How much of each capacity is in use, without overdue loans. May lag a moment behind."""


class FactStore(Protocol):
    """The latest fact of each product, call queue and promotion."""

    def note(self, facts: Sequence[Fact]) -> None:
        """Stores the facts. A fact that comes late changes nothing, but its event still counts."""

    def read(self) -> Mapping[str, Mapping[str, JsonObject]]:
        """Kind -> name -> properties with `as_of`. May lag a moment behind."""
