"""Feedback: what a decision showed to what kind of customer, and what that adds to the counters.

The bins are those at the time of the decision. A response counts as of that time too, however late
it comes, so that a success weighs exactly what its trial weighs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from hub.kernel.json_types import Json, JsonObject
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
"""How long the marker of counted feedback is kept."""
FEEDBACK_DEADLINE = FEEDBACK_RETENTION - timedelta(days=2)
"""How long after its decision feedback is counted. Later feedback may be a repeat whose marker has
expired. No message is on its way for longer, unless a person sends it again."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What was shown: an offer on a channel, to a customer in these bins. It travels with the
    action.

    `at` is the time of the decision, to the millisecond. `half_life` is that of the learner at that
    time, so that a response goes to the counters with its trial even if the catalogue changed."""

    arm: Arm
    bins: tuple[str, ...]
    at: datetime
    half_life: timedelta = HALF_LIFE

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        arm, half_life = Arm(data["offer"], data["channel"]), timedelta(seconds=data["half_life"])
        return cls(arm, tuple(data["bins"]), parse_time(data["at"]), half_life)

    def to_dict(self) -> dict[str, Json]:
        return {
            "offer": self.arm.offer,
            "channel": self.arm.channel,
            "bins": list(self.bins),
            "at": to_iso(self.at),
            "half_life": int(self.half_life.total_seconds()),
        }


@dataclass(frozen=True, slots=True)
class Feedback:
    """One entry for the learner, counted once by its `id`.

    `shown` is 1 if the exposure was delivered. `answered` is 1 if the customer responded (both, if
    the response is known at delivery) and -1 if a return reverses the response."""

    id: str
    showing: Exposure
    shown: int = 0
    answered: int = 0

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(**{**data, "showing": Exposure.from_dict(data["showing"])})

    def to_dict(self) -> dict[str, Json]:
        data = {"id": self.id, "showing": self.showing.to_dict()}
        counts = {"shown": self.shown, "answered": self.answered}
        return data | {name: count for name, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Increment:
    """Sums to add to one item. Added twice, they count twice."""

    key: CounterKey
    sums: Mapping[str, int]


def compute_increments(feedback: Feedback) -> tuple[Increment, ...]:
    """Computes what one entry adds to its arm and to all offers of its channel."""
    exposure = feedback.showing
    decay = Decay(exposure.half_life)
    weight, era = decay.weight(exposure.at), decay.era(exposure.at)
    sums: dict[str, int] = {}
    for word, count in ((SHOWN, feedback.shown), (ANSWERED, feedback.answered)):
        if count:
            sums[word] = count * weight
            sums |= {f"{word} {name}": count * weight for name in exposure.bins}
    arms = (exposure.arm, Arm(CATALOGUE, exposure.arm.channel))
    return tuple(Increment(decay.key(arm, era), sums) for arm in arms) if sums else ()


def merge_increments(feedback: Iterable[Feedback]) -> tuple[Increment, ...]:
    """Adds up the increments of each key: one write an arm instead of one an entry."""
    sums: defaultdict[CounterKey, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in feedback:
        for increment in compute_increments(entry):
            for name, value in increment.sums.items():
                sums[increment.key][name] += value
    return tuple(Increment(key, dict(sums[key])) for key in sorted(sums))
