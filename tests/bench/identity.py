"""How well persons are told apart and together, on a stream whose truth is known.

Pairwise: of all pairs of events that the hub gives to one customer, the share that is one person's
(precision), and of all pairs that are one person's the share that it found (recall).
"""

import json
from collections import Counter
from collections.abc import Iterable
from math import comb
from pathlib import Path
from time import perf_counter

from hub.identity.domain.merge_rules import MergeRules
from tests.bench import Figures, Tell
from tests.bench.simulated_town import Told, Town
from tests.in_memory_identities import People

SEED, EVENTS = 2026, 100_000
IDENTITY = Path(__file__).parents[2] / "schemas" / "identity.json"
Pair = tuple[str, int]


def figures(tell: Tell, events: int = EVENTS) -> Figures:
    rules = MergeRules.from_dict(json.loads(IDENTITY.read_text()))
    stream = list(Town(SEED, events).stream(events))
    people = People(rules.limits)
    started = perf_counter()
    given = [people.take(_keys(told, rules)) for told in stream]
    taken = perf_counter() - started
    pairs = [(people.living(c), told.person) for c, told in zip(given, stream, strict=True)]
    precision, recall = quality(pairs)
    customers, persons = (len(set(side)) for side in zip(*pairs, strict=True))
    tell(f"  {events} events of {persons} persons: {customers} customers, {people.merges} merges")
    tell(f"  precision {precision:.4f}, recall {recall:.4f}, {len(people.conflicts)} conflicts")
    return {
        "identity.precision": round(precision, 4),
        "identity.recall": round(recall, 4),
        "identity.us_per_event": round(taken / events * 1e6, 1),
    }


def _keys(told: Told, rules: MergeRules) -> Iterable[str]:
    """In the town every value is in its one spelling."""
    said = told.identities
    return [f"{kind}#{said[kind]}" for kind in rules.order if kind in said]


def quality(pairs: Iterable[Pair]) -> tuple[float, float]:
    """Precision and recall of (customer, person), an event each."""
    both = Counter(pairs)
    customers, persons = Counter[str](), Counter[int]()
    for (customer, person), count in both.items():
        customers[customer] += count
        persons[person] += count
    right = _pairs(both.values())
    return right / _pairs(customers.values()), right / _pairs(persons.values())


def _pairs(counts: Iterable[int]) -> int:
    return sum(comb(count, 2) for count in counts)
