"""Every number behind a propensity, as rows of a table."""

from typing import Any

from hub.domain.learning.counters import Arm, Cell, Counts
from hub.domain.learning.propensity import SHARE, Learner, shrunk


def explain(arm: Arm, counts: Counts, learner: Learner) -> list[dict[str, Any]]:
    """A row for the catalogue, one for the offer and one for each bin counted anywhere.

    `rate` is what was counted, `shrunk` what is believed after shrinking towards `towards`; a
    customer's propensity is the offer's `shrunk` with its odds multiplied by each of their bins'
    `effect`. The offer's own row tells the `low` and `high` between which 95 % of draws fall.
    """
    catalogue, tally = counts.catalogue(arm.channel), counts.of(arm)
    names = sorted({*catalogue.names(), *tally.names()})
    around = learner.surroundings(names, catalogue)
    own = learner.propensity(tally, learner.surroundings((), catalogue))
    rows = [
        {**_row(arm.channel, "catalogue", catalogue.cell(), learner.expected, around.mean)},
        {
            **_row(arm.channel, "offer", tally.cell(), around.mean, own.mean),
            "low": own.at(-1.96),
            "high": own.at(1.96),
        },
    ]
    for name, lift in around.lifts:
        cell, towards = tally.cell(name), own.mean * lift
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
