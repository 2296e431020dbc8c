"""`make bench`: how fast and how good the hub is, beside others, in one run.

A part is a module with `figures(tell)`, which gives its figures by dotted name and tells one line
at a time what it is doing. Ratios are what counts: two machines agree on them, not on microseconds.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

Tell = Callable[[str], None]
Figures = Mapping[str, float]
PARTS: Mapping[str, str] = {
    "rules": "tests.bench.rules",
    "decide": "tests.bench.decide",
    "learn": "tests.bench.learn",
    "chance": "tests.bench.chance",
    "lift": "tests.bench.lift",
    "state": "tests.bench.state",
    "identity": "tests.bench.identity",
    "intake": "tests.bench.intake",
    "silence": "tests.bench.silence",
    "week": "tests.bench.week",
}
ON_A_HUB = ("intake", "silence", "week")
"""Parts that start a hub: in our own environment, as there are no others beside it."""


def figures(part: str, tell: Tell) -> Figures:
    found: Figures = import_module(PARTS[part]).figures(tell)
    return found
