"""What a learner believes, reckoned once from counters that stand still and looked up from then on.

A bin's effects add up, so what is kept is one number for each arm and bin that was ever counted,
never one for each kind of customer: the memory has a bound and no decision misses it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hub.learning.domain.decaying_counters import Arm, ArmCounters, CounterSnapshot
from hub.learning.domain.features import OTHER
from hub.learning.domain.propensity import Learner, Propensity, shrink_rate

MOST_BINS = 30


class ChannelBeliefs:
    """A channel over all its offers: its rate, and by how much each bin lifts it."""

    def __init__(self, learner: Learner, tally: ArmCounters) -> None:
        self.counters, self.mean = tally, learner.estimate_channel_rate(tally.sum_bin())
        self._prior_trials, self._relative_rates = learner.bin_prior_trials, dict[str, float]()
        self._bounded = frozenset(feature.name for feature in learner.features if feature.bounds)
        self._full = dict[str, bool]()

    def relative_rate(self, name: str) -> float:
        """0 for a bin that was never counted, of which nothing is kept."""
        if name in self._relative_rates:
            return self._relative_rates[name]
        if not (cell := self.counters.sum_bin(name)).trials:
            return 0.0
        self._relative_rates[name] = lift = (
            shrink_rate(cell, self.mean, self._prior_trials) / self.mean
        )
        return lift

    def limit_bins(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """A new one beyond `MOST_BINS` of a feature is `other`: free text cannot fill the table."""
        return tuple(
            [
                name if self.relative_rate(name) else self._limit_uncounted_bin(name)
                for name in names
            ]
        )

    def _limit_uncounted_bin(self, name: str) -> str:
        feature = name.partition("=")[0]
        full = feature not in self._bounded and self._is_full(feature)
        return f"{feature}={OTHER}" if full else name

    def _is_full(self, feature: str) -> bool:
        if feature not in self._full:
            self._full[feature] = self.counters.count_bins(feature) >= MOST_BINS
        return self._full[feature]


class BinEffects(dict[str, float]):
    """What each bin adds to the log-odds of one arm, reckoned when it is first asked for. A bin
    that was never counted adds nothing."""

    def __init__(
        self, learner: Learner, tally: ArmCounters, rate: float, channel: ChannelBeliefs
    ) -> None:
        super().__init__()
        self._learner, self._counters, self._rate, self._channel = learner, tally, rate, channel

    def __missing__(self, name: str) -> float:
        if not (lift := self._channel.relative_rate(name)):
            return 0.0
        self[name] = effect = self._learner.estimate_bin_effect(
            self._counters.sum_bin(name), self._rate, lift
        )
        return effect


class Beliefs:
    """Of all arms, as of the moment of the counts."""

    def __init__(self, learner: Learner, counts: CounterSnapshot) -> None:
        self.learner, self.counters = learner, counts
        self._channels: dict[str, ChannelBeliefs] = {}
        self._arms: dict[Arm, tuple[Propensity, BinEffects]] = {}

    def channel(self, name: str) -> ChannelBeliefs:
        if name not in self._channels:
            self._channels[name] = ChannelBeliefs(self.learner, self.counters.read_channel(name))
        return self._channels[name]

    def assign_bins(self, values: Mapping[str, Any], channel: str) -> tuple[str, ...]:
        """The customer's bins on a channel; `values` are their features by name."""
        return self.channel(channel).limit_bins(self.learner.name_bins(values))

    def propensity(self, arm: Arm, bins: Iterable[str]) -> Propensity:
        (log_odds, spread), effects = self._arms.get(arm) or self._compute(arm)
        for name in bins:
            log_odds += effects[name]
        return Propensity(log_odds, spread)

    def _compute(self, arm: Arm) -> tuple[Propensity, BinEffects]:
        channel, tally = self.channel(arm.channel), self.counters.read_arm(arm)
        offer = self.learner.estimate_offer(tally.sum_bin(), channel.mean)
        effects = BinEffects(self.learner, tally, offer.mean, channel)
        self._arms[arm] = offer, effects
        return offer, effects
