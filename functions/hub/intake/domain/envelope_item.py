"""One event of a request that may hold several, and why it cannot be one.

A fault parks this event only: its neighbours are taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import orjson

from hub.kernel.errors import Rejected
from hub.kernel.json_body import check_nesting
from hub.kernel.json_types import Json


@dataclass(frozen=True, slots=True)
class EnvelopeItem:
    """`id` is the delivery id that the envelope gives the event; empty if it gives none."""

    id: str
    payload: Json
    fault: Rejected | None = None

    @classmethod
    def check(cls, item_id: str, payload: Json, *checks: Callable[[Json], object]) -> Self:
        """Builds the item. The first check that raises `Rejected` gives its fault.

        What is nested too deep is kept as its text, because no later step could walk it.
        """
        try:
            check_nesting(payload)
        except Rejected as rejection:
            return cls(item_id, orjson.dumps(payload).decode(), rejection)
        try:
            for check in checks:
                check(payload)
        except Rejected as rejection:
            return cls(item_id, payload, rejection)
        return cls(item_id, payload)
