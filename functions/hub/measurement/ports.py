"""The port to the traces of actions."""

from collections.abc import Sequence
from typing import Protocol

from hub.model.action_trace import ActionNames, Trace


class Traces(Protocol):
    """The lines of the action ledger, found by the names that events give to actions."""

    def find(self, names: Sequence[ActionNames]) -> list[Trace | None]:
        """Finds the trace for each of the names, in their order.

        It looks for the action id first, then for the provider's message id, then for the promo
        code. A message that was sent only now may not have its message id in the ledger yet.
        """
