"""What a decision showed and to what kind of customer, and what its outcome adds to the counters.

The bins are those seen when it was decided, and its answer counts as of that time too, however late
it comes: a success thus weighs exactly what its trial weighs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from hub.domain.learning.counters import ANSWERED, CATALOGUE, SHOWN, Arm, Decay, Key
from hub.domain.times import iso, moment


@dataclass(frozen=True, slots=True)
class Showing:
    """Travels with the action. `at` is when it was decided, to the millisecond."""

    arm: Arm
    bins: tuple[str, ...]
    at: datetime

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        arm = Arm(data["offer"], data["channel"])
        return cls(arm, tuple(data["bins"]), moment(data["at"]))

    def to_dict(self) -> dict[str, Any]:
        named = {"offer": self.arm.offer, "channel": self.arm.channel}
        return {**named, "bins": list(self.bins), "at": iso(self.at)}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn, once: `id` tells it from every other. `shown` is 1 when the showing went
    out, `answered` 1 when it was answered and -1 when the answer is taken back."""

    id: str
    showing: Showing
    shown: int = 0
    answered: int = 0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "showing": Showing.from_dict(data["showing"])})

    def to_dict(self) -> dict[str, Any]:
        told = {"id": self.id, "showing": self.showing.to_dict()}
        counted = {"shown": self.shown, "answered": self.answered}
        return told | {name: count for name, count in counted.items() if count}


@dataclass(frozen=True, slots=True)
class Increment:
    """Sums to add to one item; added twice they count twice."""

    key: Key
    sums: Mapping[str, int]


def learn(
    showing: Showing, decay: Decay, *, shown: int = 0, answered: int = 0
) -> tuple[Increment, ...]:
    """`shown=1` when it went out, `answered=1` when it was answered (both at once when that is
    known by then), `answered=-1` when the answer is taken back, as a sale by a return."""
    weight, era = decay.weight(showing.at), decay.era(showing.at)
    sums: dict[str, int] = {}
    for word, count in ((SHOWN, shown), (ANSWERED, answered)):
        if count:
            sums[word] = count * weight
            sums |= {f"{word} {name}": count * weight for name in showing.bins}
    arms = (showing.arm, Arm(CATALOGUE, showing.arm.channel))
    return tuple(Increment(decay.key(arm, era), sums) for arm in arms) if sums else ()


def merged(increments: Iterable[Increment]) -> tuple[Increment, ...]:
    """One increment a key: a batch of outcomes then costs one write an arm, not one an outcome."""
    sums: defaultdict[Key, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for increment in increments:
        for name, value in increment.sums.items():
            sums[increment.key][name] += value
    return tuple(Increment(key, dict(sums[key])) for key in sorted(sums))
