"""Every number behind a propensity, as rows of a table."""

from typing import Any

from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import Arm, BinTotals
from hub.learning.domain.propensity import EFFECT_EXPONENT, shrink_rate


def explain_propensity(arm: Arm, beliefs: Beliefs) -> list[dict[str, Any]]:
    """A row for the catalogue, one for the offer and one for each bin counted anywhere.

    `rate` is what was counted, `shrunk` what is believed after shrinking towards `towards`; a
    customer's propensity is the offer's `shrunk` with its odds multiplied by each of their bins'
    `effect`. The offer's own row tells the `low` and `high` between which 95 % of draws fall.
    """
    learner, channel, tally = (
        beliefs.learner,
        beliefs.channel(arm.channel),
        beliefs.counters.read_arm(arm),
    )
    own = beliefs.propensity(arm, ())
    wide = _build_row(
        arm.channel, "catalogue", channel.counters.sum_bin(), learner.expected, channel.mean
    )
    offer = _build_row(arm.channel, "offer", tally.sum_bin(), channel.mean, own.mean)
    rows = [wide, {**offer, "low": own.value_at(-1.96), "high": own.value_at(1.96)}]
    for name in channel.counters.list_bin_names():
        cell, towards = tally.sum_bin(name), own.mean * channel.relative_rate(name)
        believed = shrink_rate(cell, towards, learner.bin_prior_trials)
        effect = (believed / own.mean) ** EFFECT_EXPONENT
        rows.append({**_build_row(arm.channel, name, cell, towards, believed), "effect": effect})
    return rows


def _build_row(
    channel: str, what: str, cell: BinTotals, towards: float, believed: float
) -> dict[str, Any]:
    return {
        "channel": channel,
        "what": what,
        "trials": cell.trials,
        "successes": cell.successes,
        "rate": cell.successes / cell.trials if cell.trials else None,
        "towards": towards,
        "shrunk": believed,
    }
