"""Explains a propensity: every number behind it, as rows of a table."""

from hub.kernel.json_types import Json
from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import Arm, BinTotals
from hub.learning.domain.propensity import EFFECT_EXPONENT, shrink_rate


def explain_propensity(arm: Arm, beliefs: Beliefs) -> list[dict[str, Json]]:
    """Builds a row for the catalogue, one for the offer and one for each counted bin.

    `rate` is the counted rate and `shrunk` the estimate, which is shrunk towards `towards`. The
    odds of a customer's propensity are those of the offer's `shrunk`, multiplied by the `effect` of
    each of the customer's bins. 95 % of the draws are between the `low` and `high` of the offer.
    """
    learner, channel, counters = (
        beliefs.learner,
        beliefs.channel(arm.channel),
        beliefs.counters.read_arm(arm),
    )
    own = beliefs.propensity(arm, ())
    catalogue = _build_row(
        arm.channel, "catalogue", channel.counters.sum_bin(), learner.expected, channel.mean
    )
    offer = _build_row(arm.channel, "offer", counters.sum_bin(), channel.mean, own.mean)
    rows = [catalogue, {**offer, "low": own.value_at(-1.96), "high": own.value_at(1.96)}]
    for name in channel.counters.list_bin_names():
        totals, towards = counters.sum_bin(name), own.mean * channel.relative_rate(name)
        estimate = shrink_rate(totals, towards, learner.bin_prior_trials)
        effect = (estimate / own.mean) ** EFFECT_EXPONENT
        rows.append({**_build_row(arm.channel, name, totals, towards, estimate), "effect": effect})
    return rows


def _build_row(
    channel: str, what: str, totals: BinTotals, towards: float, estimate: float
) -> dict[str, Json]:
    return {
        "channel": channel,
        "what": what,
        "trials": totals.trials,
        "successes": totals.successes,
        "rate": totals.successes / totals.trials if totals.trials else None,
        "towards": towards,
        "shrunk": estimate,
    }
