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
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import exp, log, sqrt
from typing import Any, NamedTuple, Self

from hub.kernel.duration import parse_duration
from hub.kernel.errors import Rejected
from hub.learning.domain import decaying_counters
from hub.learning.domain.decaying_counters import HALF_LIFE, Arm, BinTotals, CounterKey, Decay
from hub.learning.domain.features import Feature, read_features

OFFER_SUCCESSES, BIN_SUCCESSES = 1.0, 30.0
EFFECT_EXPONENT = 0.5
MAX_LOG_ODDS = 30.0
SPREAD_FLOOR, FULL_SPREAD_SUCCESSES = 0.6, 40.0
LEAST_EXPECTED, MOST_EXPECTED = 0.0001, 0.9
SHORTEST_HALF_LIFE = timedelta(days=1)


class Propensity(NamedTuple):
    """`log_odds` of the mean, and `spread`: the standard deviation that sampling takes."""

    log_odds: float
    spread: float

    @property
    def mean(self) -> float:
        return to_probability(self.log_odds)

    def value_at(self, deviations: float) -> float:
        """The propensity so many standard deviations off; always between 0 and 1."""
        return to_probability(self.log_odds + deviations * self.spread)


def to_probability(log_odds: float) -> float:
    if -MAX_LOG_ODDS < log_odds < MAX_LOG_ODDS:
        return 1 / (1 + exp(-log_odds))
    return 1 / (1 + exp(-MAX_LOG_ODDS if log_odds > 0 else MAX_LOG_ODDS))


@dataclass(frozen=True)
class Learner:
    """How the catalogue wants it learned. `expected` is the share of showings that are answered
    as one would guess before the first; `half_life` is how fast the past is forgotten."""

    features: tuple[Feature, ...] = ()
    half_life: timedelta = HALF_LIFE
    expected: float = 0.1

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From `{"features": [...], "half_life": "30d", "expected": 0.1}`; each has a default."""
        expected = data.get("expected", 0.1)
        if type(expected) not in (int, float) or not LEAST_EXPECTED <= expected <= MOST_EXPECTED:
            wanted = f"expected wants a share from {LEAST_EXPECTED} to {MOST_EXPECTED}"
            raise Rejected(wanted, "expected")
        try:
            half_life = parse_duration(data.get("half_life", "30d"))
        except ValueError as wrong:
            raise Rejected(f"half_life {wrong}", "half_life") from wrong
        if half_life < SHORTEST_HALF_LIFE:
            raise Rejected("half_life wants at least 1d", "half_life")
        return cls(read_features(data.get("features", ())), half_life, float(expected))

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """The features' names."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def decay(self) -> Decay:
        return Decay(self.half_life)

    @cached_property
    def offer_prior_trials(self) -> float:
        """Trials of its own that an offer needs to count as much as the catalogue's mean."""
        return OFFER_SUCCESSES / self.expected

    @cached_property
    def bin_prior_trials(self) -> float:
        """Trials of its own that a bin needs to count as much as what is expected of it."""
        return BIN_SUCCESSES / self.expected

    def list_counter_keys(self, arms: Collection[Arm], now: datetime) -> tuple[CounterKey, ...]:
        return decaying_counters.list_counter_keys(arms, self.decay, now)

    def name_bins(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The bin of each feature, as `feature=bin`; `values` are by feature name."""
        return tuple([f"{f.name}={f.bin_of(values.get(f.name))}" for f in self.features])

    def estimate_channel_rate(self, catalogue: BinTotals) -> float:
        """The rate of a channel, over all offers."""
        return shrink_rate(catalogue, self.expected, self.offer_prior_trials)

    def estimate_offer(self, cell: BinTotals, mean: float) -> Propensity:
        """Of a customer of whom nothing is known."""
        won = cell.successes + self.offer_prior_trials * mean
        lost = cell.trials - cell.successes + self.offer_prior_trials * (1 - mean)
        return Propensity(log(won / lost), compute_spread(won, lost, cell.successes))

    def estimate_bin_effect(self, cell: BinTotals, rate: float, relative_rate: float) -> float:
        """What a bin adds to the log-odds of an offer; `lift` is what it does to all offers."""
        return EFFECT_EXPONENT * log(
            shrink_rate(cell, rate * relative_rate, self.bin_prior_trials) / rate
        )


def compute_spread(won: float, lost: float, successes: float) -> float:
    """A Beta's standard deviation in log-odds, calmed with evidence: full while an offer has few
    successes, `CALM` of it with many. Full sampling explores longer than it pays for: posterior
    reshaping, Chapelle & Li 2011."""
    eager = FULL_SPREAD_SUCCESSES / (FULL_SPREAD_SUCCESSES + successes)
    return sqrt((1 / won + 1 / lost) * (SPREAD_FLOOR**2 + (1 - SPREAD_FLOOR**2) * eager))


def shrink_rate(cell: BinTotals, towards: float, prior_trials: float) -> float:
    """A cell's rate, as if `pull` more trials had gone as the group it belongs to."""
    return (cell.successes + prior_trials * towards) / (cell.trials + prior_trials)
