"""Rules of one event type of which one matches, and the customers and events to hold them against.

Each band of totals belongs to one tier in one rule, as in "silver customers who spend between 40
and 50 get the scarf".
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.expression.domain import Scope
from tests.factories import NOON, a_customer, an_event

WIDTH = 10
TIERS = ("bronze", "silver", "gold", "platinum")


@dataclass(frozen=True)
class Case:
    """The same situation as the hub sees it and as plain data."""

    scope: Scope
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Band:
    tier: str
    low: int

    @property
    def high(self) -> int:
        return self.low + WIDTH

    def when(self) -> str:
        return (
            f"customer.loyalty.tier == '{self.tier}'"
            f" and event.total >= {self.low} and event.total < {self.high}"
        )


def bands(size: int) -> list[Band]:
    return [Band(TIERS[n % len(TIERS)], n * WIDTH) for n in range(size)]


def snapshot(found: list[Band]) -> dict[str, Any]:
    """As a published catalogue; the number of a rule is in its name."""
    rule = {"strategy": "s", "event": "order.completed", "move_to": "met", "status": "live"}
    rows = {
        f"r{n:06}": {"rule_id": f"r{n:06}", "when": band.when(), **rule}
        for n, band in enumerate(found)
    }
    return {"number": 1, "rows": {"rules": rows}}


def cases(found: list[Band], count: int = 8) -> list[Case]:
    """Each meets one band, in its middle."""
    luck = random.Random(7)  # noqa: S311 repeatable, not secret
    return [_case(luck.choice(found)) for _ in range(count)]


def _case(band: Band) -> Case:
    total = band.low + WIDTH // 2
    event = an_event("order.completed", properties={"total": total})
    customer = a_customer(loyalty={"tier": band.tier})
    data = {"customer": {"loyalty": {"tier": band.tier}}, "event": {"total": total}}
    return Case(Scope(event, customer, NOON), data)
