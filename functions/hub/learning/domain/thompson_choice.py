"""The choice: Thompson sampling (Thompson 1933) from a seed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.normal_draws import draw_deviations, hash_seed
from hub.learning.domain.propensity import Propensity

WorthFunction = Callable[[Arm, float], float]


class SampledArm(NamedTuple):
    """One arm as it was considered: what is believed, what was drawn, what that was worth."""

    arm: Arm
    bins: tuple[str, ...]
    propensity: Propensity
    drawn: float
    worth: float


def sample_arms(
    arms: Sequence[Arm],
    values: Mapping[str, Any],
    beliefs: Beliefs,
    *,
    seed: str,
    worth: WorthFunction = lambda _, drawn: drawn,
) -> list[SampledArm]:
    """All arms, the chosen one first; ties go by name. `worth` is where value, lever and cost come
    in; `values` are the customer's features by name."""
    names, number = beliefs.learner.name_bins(values), hash_seed(seed)
    bins = {
        channel: beliefs.channel(channel).limit_bins(names) for channel in {a.channel for a in arms}
    }
    considered = []
    for arm in arms:
        seen = bins[arm.channel]
        propensity = beliefs.propensity(arm, seen)
        drawn = propensity.value_at(draw_deviations(number, arm))
        considered.append(SampledArm(arm, seen, propensity, drawn, worth(arm, drawn)))
    return sorted(considered, key=lambda choice: (-choice.worth, choice.arm))
