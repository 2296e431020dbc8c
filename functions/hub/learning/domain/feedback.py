"""What a decision showed and to what kind of customer, and what its outcome adds to the counters.

The bins are those seen when it was decided, and its answer counts as of that time too, however late
it comes: a success thus weighs exactly what its trial weighs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from hub.kernel.times import parse_time, to_iso
from hub.learning.domain.decaying_counters import (
    ANSWERED,
    CATALOGUE,
    HALF_LIFE,
    SHOWN,
    Arm,
    CounterKey,
    Decay,
)

FEEDBACK_RETENTION = timedelta(days=30)
"""How long a lesson that was learned is known to have been."""
FEEDBACK_DEADLINE = FEEDBACK_RETENTION - timedelta(days=2)
"""How long after its decision a lesson is learned: one that comes later could be a repeat of one
that is remembered no more. Nothing is on its way for longer, but for what a person sends again."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Travels with the action. `at` is when it was decided, to the millisecond; `half_life` is that
    of the learner it was decided by, so that its answer is found in the counters that have its
    trial, whatever the catalogue says by then."""

    arm: Arm
    bins: tuple[str, ...]
    at: datetime
    half_life: timedelta = HALF_LIFE

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        arm, half_life = Arm(data["offer"], data["channel"]), timedelta(seconds=data["half_life"])
        return cls(arm, tuple(data["bins"]), parse_time(data["at"]), half_life)

    def to_dict(self) -> dict[str, Any]:
        return {
            "offer": self.arm.offer,
            "channel": self.arm.channel,
            "bins": list(self.bins),
            "at": to_iso(self.at),
            "half_life": int(self.half_life.total_seconds()),
        }


@dataclass(frozen=True, slots=True)
class Feedback:
    """One thing to learn, once: `id` tells it from every other. `shown` is 1 when the showing went
    out, `answered` 1 when it was answered (both at once when that is known by then) and -1 when the
    answer is taken back, as a sale by a return."""

    id: str
    showing: Exposure
    shown: int = 0
    answered: int = 0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "showing": Exposure.from_dict(data["showing"])})

    def to_dict(self) -> dict[str, Any]:
        told = {"id": self.id, "showing": self.showing.to_dict()}
        counted = {"shown": self.shown, "answered": self.answered}
        return told | {name: count for name, count in counted.items() if count}


@dataclass(frozen=True, slots=True)
class Increment:
    """Sums to add to one item; added twice they count twice."""

    key: CounterKey
    sums: Mapping[str, int]


def compute_increments(feedback: Feedback) -> tuple[Increment, ...]:
    """What one lesson adds, to its arm and to the catalogue of its channel."""
    showing = feedback.showing
    decay = Decay(showing.half_life)
    weight, era = decay.weight(showing.at), decay.era(showing.at)
    sums: dict[str, int] = {}
    for word, count in ((SHOWN, feedback.shown), (ANSWERED, feedback.answered)):
        if count:
            sums[word] = count * weight
            sums |= {f"{word} {name}": count * weight for name in showing.bins}
    arms = (showing.arm, Arm(CATALOGUE, showing.arm.channel))
    return tuple(Increment(decay.key(arm, era), sums) for arm in arms) if sums else ()


def merge_increments(feedback: Iterable[Feedback]) -> tuple[Increment, ...]:
    """One increment a key: many lessons then cost one write an arm, not one a lesson."""
    sums: defaultdict[CounterKey, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for lesson in feedback:
        for increment in compute_increments(lesson):
            for name, value in increment.sums.items():
                sums[increment.key][name] += value
    return tuple(Increment(key, dict(sums[key])) for key in sorted(sums))
