"""The choice: Thompson sampling (Thompson 1933) from a seed.

Each arm's draw depends on the seed and on its own name alone, so it is the same whichever arms
stand beside it and in whichever order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import cos, log, pi, sqrt
from typing import Any

from hub.domain.learning.counters import Arm, Counts
from hub.domain.learning.propensity import Learner, Propensity, Surroundings

Worth = Callable[[Arm, float], float]
_HALF = 2.0**-33
_WIDTH = 2.0**-32


@dataclass(frozen=True, slots=True)
class Choice:
    """One arm as it was considered: what is believed, what was drawn, what that was worth."""

    arm: Arm
    bins: tuple[str, ...]
    propensity: Propensity
    drawn: float
    worth: float


def choose(
    arms: Sequence[Arm],
    values: Mapping[str, Any],
    counts: Counts,
    learner: Learner,
    *,
    seed: str,
    worth: Worth = lambda _, drawn: drawn,
) -> list[Choice]:
    """All arms, the chosen one first; ties go by name. `worth` is where value, lever and cost come
    in; `values` are the customer's features by name."""
    around: dict[str, tuple[tuple[str, ...], Surroundings]] = {}
    for channel in {arm.channel for arm in arms}:
        catalogue = counts.catalogue(channel)
        bins = learner.bins(values, catalogue)
        around[channel] = bins, learner.surroundings(bins, catalogue)
    considered = []
    for arm in arms:
        bins, surroundings = around[arm.channel]
        propensity = learner.propensity(counts.of(arm), surroundings)
        drawn = propensity.at(deviations(seed, arm))
        considered.append(Choice(arm, bins, propensity, drawn, worth(arm, drawn)))
    return sorted(considered, key=lambda choice: (-choice.worth, choice.arm))


def deviations(seed: str, arm: Arm) -> float:
    """A standard normal draw (Box & Muller 1958) from the digest of seed and arm."""
    name = f"{seed}\0{arm.offer}\0{arm.channel}"
    number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
    first, second = divmod(number, 2**32)
    return sqrt(-2 * log(first * _WIDTH + _HALF)) * cos(2 * pi * (second * _WIDTH + _HALF))
