"""The estimate: how likely this customer answers this offer on this channel, and how sure that is.

Why not plain rates per bin: most offers have few trials, most bins fewer. Each figure therefore
starts as what the next wider group says of it and moves away as trials come in:

    catalogue  m = (S + j expected) / (N + j)         j = 1 / expected trials, k = 30 / expected
    offer      r = (s + j m) / (n + j)
    bin        q = (s_b + k r M_b / m) / (n_b + k)    M_b the bin's rate over all offers,
                                                      itself shrunk to m in the same way
    odds(p)    = odds(r) * product (q / r) ** 0.5

The exponent keeps features that tell the same story (recency and newcomer) from telling it twice,
where naive Bayes would be overconfident (Hand & Yu 2001). A success more never lowers p.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import exp, log, sqrt
from typing import Any, Self

from hub.domain.duration import duration
from hub.domain.errors import Rejected
from hub.domain.learning import counters
from hub.domain.learning.counters import Arm, Cell, Counts, Decay, Key, Tally
from hub.domain.learning.features import OTHER, Feature, features_from

OFFER_SUCCESSES, BIN_SUCCESSES = 1.0, 30.0
SHARE = 0.5
FURTHEST = 30.0
CALM, EAGER_SUCCESSES = 0.6, 10.0
MOST_BINS = 30
LEAST_EXPECTED, MOST_EXPECTED = 0.0001, 0.9


@dataclass(frozen=True, slots=True)
class Propensity:
    """`log_odds` of the mean, and `spread`: the standard deviation that sampling takes."""

    log_odds: float
    spread: float

    @property
    def mean(self) -> float:
        return self.at(0.0)

    def at(self, deviations: float) -> float:
        """The propensity so many standard deviations off; always between 0 and 1."""
        return chance(self.log_odds + deviations * self.spread)


def chance(log_odds: float) -> float:
    return 1 / (1 + exp(-max(-FURTHEST, min(FURTHEST, log_odds))))


@dataclass(frozen=True)
class Learner:
    """How the catalogue wants it learned. `expected` is the share of showings that are answered
    as one would guess before the first; `half_life` is how fast the past is forgotten."""

    features: tuple[Feature, ...] = ()
    half_life: timedelta = field(default=timedelta(days=30))
    expected: float = 0.1

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From `{"features": [...], "half_life": "30d", "expected": 0.1}`; each has a default."""
        expected = data.get("expected", 0.1)
        if type(expected) not in (int, float) or not LEAST_EXPECTED <= expected <= MOST_EXPECTED:
            wanted = f"expected wants a share from {LEAST_EXPECTED} to {MOST_EXPECTED}"
            raise Rejected(wanted, "expected")
        try:
            half_life = duration(data.get("half_life", "30d"))
        except ValueError as wrong:
            raise Rejected(f"half_life {wrong}", "half_life") from wrong
        return cls(features_from(data.get("features", ())), half_life, float(expected))

    @cached_property
    def decay(self) -> Decay:
        return Decay(self.half_life)

    @cached_property
    def pull(self) -> float:
        """Trials of its own that an offer needs to count as much as the catalogue's mean."""
        return OFFER_SUCCESSES / self.expected

    @cached_property
    def bin_pull(self) -> float:
        """Trials of its own that a bin needs to count as much as what is expected of it."""
        return BIN_SUCCESSES / self.expected

    def keys(self, arms: Collection[Arm], now: datetime) -> tuple[Key, ...]:
        return counters.keys(arms, self.decay, now)

    def counts(
        self, arms: Collection[Arm], stored: Mapping[Key, Mapping[str, int]], now: datetime
    ) -> Counts:
        return counters.counts(arms, stored, self.decay, now)

    def bins(self, values: Mapping[str, Any], catalogue: Tally) -> tuple[str, ...]:
        """The bin of each feature, as `feature=bin`; `values` are by feature name.

        Beyond `MOST_BINS` of a feature a new one is `other`: a free text cannot fill the table.
        """
        names = []
        for feature in self.features:
            name = f"{feature.name}={feature.bin_of(values.get(feature.name))}"
            new = not feature.bounds and not catalogue.has(name)
            full = new and catalogue.bins(feature.name) >= MOST_BINS
            names.append(f"{feature.name}={OTHER}" if full else name)
        return tuple(names)

    def surroundings(self, bins: Collection[str], catalogue: Tally) -> "Surroundings":
        mean = shrunk(catalogue.cell(), self.expected, self.pull)
        lifts = [shrunk(catalogue.cell(name), mean, self.bin_pull) / mean for name in bins]
        return Surroundings(mean, tuple(zip(bins, lifts, strict=True)))

    def propensity(self, tally: Tally, around: "Surroundings") -> Propensity:
        trials, successes = tally.cell()
        won = successes + self.pull * around.mean
        lost = trials - successes + self.pull * (1 - around.mean)
        rate = won / (won + lost)
        log_odds = log(won / lost)
        for name, lift in around.lifts:
            log_odds += SHARE * log(shrunk(tally.cell(name), rate * lift, self.bin_pull) / rate)
        return Propensity(log_odds, spread(won, lost, successes))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The catalogue's mean on a channel and by how much each bin lifts it, over all offers."""

    mean: float
    lifts: tuple[tuple[str, float], ...]


def spread(won: float, lost: float, successes: float) -> float:
    """A Beta's standard deviation in log-odds, calmed with evidence: full while an offer has few
    successes, `CALM` of it with many. Full sampling explores longer than it pays for: posterior
    reshaping, Chapelle & Li 2011."""
    eager = EAGER_SUCCESSES / (EAGER_SUCCESSES + successes)
    return sqrt((1 / won + 1 / lost) * (CALM**2 + (1 - CALM**2) * eager))


def shrunk(cell: Cell, towards: float, pull: float) -> float:
    """A cell's rate, as if `pull` more trials had gone as the group it belongs to."""
    return (cell.successes + pull * towards) / (cell.trials + pull)
