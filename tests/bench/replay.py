"""The replay method on the Hillstrom experiment: what a policy is worth, without a live trial.

Customers come by in random order; the policy chooses a treatment for each; only where that is the
treatment the customer was really given does the visit count and is it learned from. As treatments
were given at random this values any policy without bias (Li, Chu, Langford & Wang, WSDM 2011).
"""

import csv
import gzip
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

DATA = Path(__file__).parent / "data" / "hillstrom_email_experiment_half.csv.gz"
FEATURES = (
    "recency",
    "history_segment",
    "mens",
    "womens",
    "zip_code",
    "newbie",
    "channel",
)
ARMS = ("Mens E-Mail", "No E-Mail", "Womens E-Mail")


@dataclass(frozen=True, slots=True)
class Visitor:
    features: dict[str, str]
    given: str
    visited: int


class Policy(Protocol):
    def choose(self, visitors: Sequence[Visitor]) -> Sequence[str]: ...

    def learn(self, matched: Sequence[Visitor]) -> None: ...


@dataclass(frozen=True, slots=True)
class Worth:
    """Visits for each customer who counted: over the whole stream and over its second half."""

    whole: float
    second_half: float


def visitors() -> list[Visitor]:
    with gzip.open(DATA, "rt", newline="") as lines:
        return [
            Visitor({name: row[name] for name in FEATURES}, row["segment"], int(row["visit"]))
            for row in csv.DictReader(lines)
        ]


def stream(people: Sequence[Visitor], seed: int) -> list[Visitor]:
    return random.Random(seed).sample(people, len(people))  # noqa: S311 an order, not a secret


def replay(people: Sequence[Visitor], policy: Policy, batch: int) -> Worth:
    """`batch` customers are chosen for at a time, and then learned from."""
    counted: list[tuple[int, int]] = []
    for start in range(0, len(people), batch):
        some = people[start : start + batch]
        arms = policy.choose(some)
        numbered = enumerate(zip(some, arms, strict=True), start)
        matched = [(place, visitor) for place, (visitor, arm) in numbered if visitor.given == arm]
        counted += [(place, visitor.visited) for place, visitor in matched]
        if matched:
            policy.learn([visitor for _, visitor in matched])
    return _worth(counted, len(people) // 2)


def _worth(counted: Sequence[tuple[int, int]], half: int) -> Worth:
    whole = [visited for _, visited in counted]
    late = [visited for place, visited in counted if place >= half]
    return Worth(sum(whole) / len(whole), sum(late) / len(late))


def best_fixed(people: Sequence[Visitor]) -> Worth:
    """The treatment that was best over the whole stream, given to everybody: known afterwards."""
    return max((_fixed(people, arm) for arm in ARMS), key=lambda worth: worth.whole)


def _fixed(people: Sequence[Visitor], arm: str) -> Worth:
    counted = [(place, v.visited) for place, v in enumerate(people) if v.given == arm]
    return _worth(counted, len(people) // 2)
