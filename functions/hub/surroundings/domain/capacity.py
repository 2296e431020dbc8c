"""Capacities, whose names say whether a claim is a loan, belongs to a window, or is spent.

`queue:retention` is the number of calls that a queue takes at once. A claim on it is a loan: it
ends with the call or, if no event reports the call, when its time is over. A name with a window,
`queue:retention/2026-11-22T09`, counts the claims in that window, and the next window starts at
zero. A claim on any other capacity (`offer:beans`, `budget:sms`) is spent: it comes back only if
the hub knows that it was not used, because nobody gives out money twice on a guess.
"""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from hub.kernel.times import to_iso
from hub.model.decision import Claim

THOUSANDTHS = 1000
"""Budgets count in thousandths of a minor unit."""


def window_start(capacity: str) -> str:
    """The start of the window: a UTC time cut to the window's length; empty if there is none."""
    return capacity.partition("/")[2]


def is_window_over(capacity: str, now: datetime) -> bool:
    """Whether the capacity has a window that is past."""
    window = window_start(capacity)
    return window < to_iso(now)[: len(window)]


def is_lent(capacity: str) -> bool:
    """Whether a claim on the capacity is a loan, which ends by itself."""
    return capacity.startswith("queue:") and not window_start(capacity)


def merge_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Adds up the claims on each capacity, within the lowest of their limits."""
    merged: dict[str, Claim] = {}
    for claim in claims:
        previous = merged.get(claim.name, Claim(claim.name, 0, claim.limit))
        limit = min(previous.limit, claim.limit)
        merged[claim.name] = Claim(claim.name, previous.amount + claim.amount, limit)
    return list(merged.values())


def to_budget_units(minor_units: float) -> int:
    """Converts an amount to the unit of budgets, because a message may cost less than a minor unit.

    It rounds up, so that no budget is ever exceeded.
    """
    return ceil(round(minor_units * THOUSANDTHS, 6))


def format_amount(claim: Claim, amount: int) -> str:
    """Writes an amount of the claimed capacity for people."""
    if not claim.name.startswith("budget:"):
        return str(amount)
    whole, rest = divmod(amount, THOUSANDTHS)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


def describe_used_up(claim: Claim) -> str:
    """The reason of a gate that a used-up capacity closes."""
    return f"{claim.name} is used up ({format_amount(claim, claim.limit)})"


def explain_refusal(claim: Claim) -> str:
    """The reason of an action that did not go out because a claim was refused."""
    needed = f", {format_amount(claim, claim.amount)} needed" if claim.amount > 1 else ""
    limit = format_amount(claim, claim.limit)
    return f"too little of {claim.name} was left: {limit} in all{needed}"
