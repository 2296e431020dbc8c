"""Estimates how likely a customer responds to an offer on a channel, and how certain that is.

Plain rates per bin would not do, because most offers have few trials and most bins fewer. Each rate
therefore starts at the rate of the next wider group and moves away as trials come in:

    catalogue  m = (S + j expected) / (N + j)         j = 1 / expected trials, k = 30 / expected
    offer      r = (s + j m) / (n + j)
    bin        q = (s_b + k r M_b / m) / (n_b + k)    M_b the bin's rate over all offers,
                                                      itself shrunk to m in the same way
    odds(p)    = odds(r) * product (q / r) ** 0.5

The exponent keeps correlated features (recency and newcomer) from counting twice, where naive Bayes
would be overconfident (Hand & Yu 2001). Another success never lowers p.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import exp, log, sqrt
from typing import NamedTuple, Self

from hub.kernel.duration import parse_duration
from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject
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
    """An estimate: the `log_odds` of its mean and `spread`, the standard deviation for sampling."""

    log_odds: float
    spread: float

    @property
    def mean(self) -> float:
        """The mean as a probability."""
        return to_probability(self.log_odds)

    def value_at(self, deviations: float) -> float:
        """The propensity so many standard deviations from the mean, between 0 and 1."""
        return to_probability(self.log_odds + deviations * self.spread)


def to_probability(log_odds: float) -> float:
    """Converts log-odds to a probability, with a limit for extreme ones."""
    if -MAX_LOG_ODDS < log_odds < MAX_LOG_ODDS:
        return 1 / (1 + exp(-log_odds))
    return 1 / (1 + exp(-MAX_LOG_ODDS if log_odds > 0 else MAX_LOG_ODDS))


@dataclass(frozen=True)
class Learner:
    """The catalogue's settings of learning. `expected` is the rate of responses that one would
    guess before the first exposure. `half_life` is how fast the past loses its weight."""

    features: tuple[Feature, ...] = ()
    half_life: timedelta = HALF_LIFE
    expected: float = 0.1

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads `{"features": [...], "half_life": "30d", "expected": 0.1}`; each has a default.

        Raises `Rejected` for a wrong value."""
        expected = data.get("expected", 0.1)
        if type(expected) not in (int, float) or not LEAST_EXPECTED <= expected <= MOST_EXPECTED:
            problem = f"expected must be a share from {LEAST_EXPECTED} to {MOST_EXPECTED}"
            raise Rejected(problem, "expected")
        try:
            half_life = parse_duration(data.get("half_life", "30d"))
        except ValueError as error:
            raise Rejected(f"half_life {error}", "half_life") from error
        if half_life < SHORTEST_HALF_LIFE:
            raise Rejected("half_life must be at least 1d", "half_life")
        return cls(read_features(data.get("features", ())), half_life, float(expected))

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """The features' names."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def decay(self) -> Decay:
        """The decay of the counters."""
        return Decay(self.half_life)

    @cached_property
    def offer_prior_trials(self) -> float:
        """The trials with which an offer counts as much as the catalogue's mean."""
        return OFFER_SUCCESSES / self.expected

    @cached_property
    def bin_prior_trials(self) -> float:
        """The trials with which a bin counts as much as its expected rate."""
        return BIN_SUCCESSES / self.expected

    def list_counter_keys(self, arms: Collection[Arm], now: datetime) -> tuple[CounterKey, ...]:
        """Lists the counters to read for a choice between these arms."""
        return decaying_counters.list_counter_keys(arms, self.decay, now)

    def name_bins(self, values: JsonObject) -> tuple[str, ...]:
        """Names the bin of each feature, as `feature=bin`; `values` are by feature name."""
        return tuple([f"{f.name}={f.bin_of(values.get(f.name))}" for f in self.features])

    def estimate_channel_rate(self, totals: BinTotals) -> float:
        """Estimates the rate of a channel over all offers."""
        return shrink_rate(totals, self.expected, self.offer_prior_trials)

    def estimate_offer(self, totals: BinTotals, mean: float) -> Propensity:
        """Estimates the propensity of an unknown customer; `mean` is the channel's rate."""
        alpha = totals.successes + self.offer_prior_trials * mean
        beta = totals.trials - totals.successes + self.offer_prior_trials * (1 - mean)
        return Propensity(log(alpha / beta), compute_spread(alpha, beta, totals.successes))

    def estimate_bin_effect(self, totals: BinTotals, rate: float, relative_rate: float) -> float:
        """Estimates what a bin adds to the log-odds of an offer with this `rate`.

        `relative_rate` is the bin's effect on all offers."""
        return EFFECT_EXPONENT * log(
            shrink_rate(totals, rate * relative_rate, self.bin_prior_trials) / rate
        )


def compute_spread(alpha: float, beta: float, successes: float) -> float:
    """Computes a Beta's standard deviation in log-odds, reduced with evidence.

    It is complete while an offer has few successes and `SPREAD_FLOOR` of it with many, because full
    sampling explores longer than it pays for (posterior reshaping, Chapelle & Li 2011)."""
    share = FULL_SPREAD_SUCCESSES / (FULL_SPREAD_SUCCESSES + successes)
    return sqrt((1 / alpha + 1 / beta) * (SPREAD_FLOOR**2 + (1 - SPREAD_FLOOR**2) * share))


def shrink_rate(totals: BinTotals, towards: float, prior_trials: float) -> float:
    """Computes a rate as if `prior_trials` more trials had had the rate `towards`."""
    return (totals.successes + prior_trials * towards) / (totals.trials + prior_trials)
