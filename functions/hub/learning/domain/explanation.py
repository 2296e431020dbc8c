"""Every number behind a propensity, as rows of a table."""

from typing import Any

from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import Arm, Cell
from hub.learning.domain.propensity import SHARE, shrunk


def explain(arm: Arm, beliefs: Beliefs) -> list[dict[str, Any]]:
    """A row for the catalogue, one for the offer and one for each bin counted anywhere.

    `rate` is what was counted, `shrunk` what is believed after shrinking towards `towards`; a
    customer's propensity is the offer's `shrunk` with its odds multiplied by each of their bins'
    `effect`. The offer's own row tells the `low` and `high` between which 95 % of draws fall.
    """
    learner, channel, tally = beliefs.learner, beliefs.channel(arm.channel), beliefs.counts.of(arm)
    own = beliefs.propensity(arm, ())
    wide = _row(arm.channel, "catalogue", channel.tally.cell(), learner.expected, channel.mean)
    offer = _row(arm.channel, "offer", tally.cell(), channel.mean, own.mean)
    rows = [wide, {**offer, "low": own.at(-1.96), "high": own.at(1.96)}]
    for name in channel.tally.names():
        cell, towards = tally.cell(name), own.mean * channel.lift(name)
        believed = shrunk(cell, towards, learner.bin_pull)
        effect = (believed / own.mean) ** SHARE
        rows.append({**_row(arm.channel, name, cell, towards, believed), "effect": effect})
    return rows


def _row(channel: str, what: str, cell: Cell, towards: float, believed: float) -> dict[str, Any]:
    return {
        "channel": channel,
        "what": what,
        "trials": cell.trials,
        "successes": cell.successes,
        "rate": cell.successes / cell.trials if cell.trials else None,
        "towards": towards,
        "shrunk": believed,
    }
