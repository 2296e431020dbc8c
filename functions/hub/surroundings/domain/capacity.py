"""Capacities by name: which come back by themselves, and which begin anew.

`queue:retention` is how many calls the queue has at once: lent until the call is made or, if nobody
says so, until its time is over. A name with a window, `queue:retention/2026-11-22T09`, counts what
was taken within it, and the next window begins with nothing. All others (`offer:beans`,
`budget:sms`) are spent: they come back only when it is known that nothing was used, because money
is not given out twice on a guess.
"""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from hub.kernel.times import to_iso
from hub.model.decision import Claim

THOUSANDTHS = 1000
"""Of a minor unit: what budgets are counted in."""


def window_start(capacity: str) -> str:
    """The beginning of a UTC time, as far as the window is long; empty where there is none."""
    return capacity.partition("/")[2]


def is_window_over(capacity: str, now: datetime) -> bool:
    """Whether its window is a past one."""
    window = window_start(capacity)
    return window < to_iso(now)[: len(window)]


def is_lent(capacity: str) -> bool:
    return capacity.startswith("queue:") and not window_start(capacity)


def merge_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Several shares of one capacity as one share, within the lowest of their limits."""
    found: dict[str, Claim] = {}
    for claim in claims:
        known = found.get(claim.name, Claim(claim.name, 0, claim.limit))
        limit = min(known.limit, claim.limit)
        found[claim.name] = Claim(claim.name, known.amount + claim.amount, limit)
    return list(found.values())


def to_budget_units(minor_units: float) -> int:
    """An amount as a budget counts it: a message may cost less than a minor unit. Rounded up, so
    that no budget is ever exceeded."""
    return ceil(round(minor_units * THOUSANDTHS, 6))


def format_amount(claim: Claim, amount: int) -> str:
    """An amount of what it claims, as people read it."""
    if not claim.name.startswith("budget:"):
        return str(amount)
    whole, rest = divmod(amount, THOUSANDTHS)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


def describe_used_up(claim: Claim) -> str:
    return f"{claim.name} is used up ({format_amount(claim, claim.limit)})"


def explain_refusal(claim: Claim) -> str:
    """The sentence for whoever asks why an action was not sent out."""
    wanted = f" (it wanted {format_amount(claim, claim.amount)})" if claim.amount > 1 else ""
    return (
        f"of {claim.name}, {format_amount(claim, claim.limit)} in all, too little was left{wanted}"
    )
