"""Ports: the traces of actions."""

from collections.abc import Sequence
from typing import Protocol

from hub.model.action_trace import ActionNames, Trace


class Traces(Protocol):
    """The ledger's lines, found by how events name their actions."""

    def find(self, names: Sequence[ActionNames]) -> list[Trace | None]:
        """For each, in their order, the action of that id, else of that message at its provider,
        else of that promo code. What was sent only now may not be found yet by its message."""
