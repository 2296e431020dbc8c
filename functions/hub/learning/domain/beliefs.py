"""The estimates of a learner, computed once from a snapshot of the counters and then looked up.

The effects of bins add up. So there is one number for each arm and counted bin, and none for each
kind of customer: the cache is bounded, and no decision misses it.
"""

from collections.abc import Iterable

from hub.kernel.json_types import JsonObject
from hub.learning.domain.decaying_counters import Arm, ArmCounters, CounterSnapshot
from hub.learning.domain.features import OTHER
from hub.learning.domain.propensity import Learner, Propensity, shrink_rate

MOST_BINS = 30


class ChannelBeliefs:
    """The estimates of a channel over all its offers: its rate and each bin's relative rate."""

    def __init__(self, learner: Learner, counters: ArmCounters) -> None:
        self.counters, self.mean = counters, learner.estimate_channel_rate(counters.sum_bin())
        self._prior_trials, self._relative_rates = learner.bin_prior_trials, dict[str, float]()
        self._bounded = frozenset(feature.name for feature in learner.features if feature.bounds)
        self._full = dict[str, bool]()

    def relative_rate(self, name: str) -> float:
        """The bin's rate divided by the channel's; 0, and not cached, for an uncounted bin."""
        if name in self._relative_rates:
            return self._relative_rates[name]
        if not (totals := self.counters.sum_bin(name)).trials:
            return 0.0
        self._relative_rates[name] = relative_rate = (
            shrink_rate(totals, self.mean, self._prior_trials) / self.mean
        )
        return relative_rate

    def limit_bins(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Replaces a new bin of a feature that has `MOST_BINS` by `other`, so that free text cannot
        fill the table."""
        return tuple(
            [
                name if self.relative_rate(name) else self._limit_uncounted_bin(name)
                for name in names
            ]
        )

    def _limit_uncounted_bin(self, name: str) -> str:
        feature = name.partition("=")[0]
        is_full = feature not in self._bounded and self._is_full(feature)
        return f"{feature}={OTHER}" if is_full else name

    def _is_full(self, feature: str) -> bool:
        if feature not in self._full:
            self._full[feature] = self.counters.count_bins(feature) >= MOST_BINS
        return self._full[feature]


class BinEffects(dict[str, float]):
    """What each bin adds to the log-odds of one arm, computed at its first use. An uncounted bin
    adds nothing."""

    def __init__(
        self, learner: Learner, counters: ArmCounters, rate: float, channel: ChannelBeliefs
    ) -> None:
        super().__init__()
        self._learner, self._counters, self._rate, self._channel = learner, counters, rate, channel

    def __missing__(self, name: str) -> float:
        if not (relative_rate := self._channel.relative_rate(name)):
            return 0.0
        self[name] = effect = self._learner.estimate_bin_effect(
            self._counters.sum_bin(name), self._rate, relative_rate
        )
        return effect


class Beliefs:
    """The estimates of all arms, as of the time of the counter snapshot."""

    def __init__(self, learner: Learner, counters: CounterSnapshot) -> None:
        self.learner, self.counters = learner, counters
        self._channels: dict[str, ChannelBeliefs] = {}
        self._arms: dict[Arm, tuple[Propensity, BinEffects]] = {}

    def channel(self, name: str) -> ChannelBeliefs:
        """The estimates of a channel."""
        if name not in self._channels:
            self._channels[name] = ChannelBeliefs(self.learner, self.counters.read_channel(name))
        return self._channels[name]

    def assign_bins(self, values: JsonObject, channel: str) -> tuple[str, ...]:
        """Finds a customer's bins on a channel; `values` are the features by name."""
        return self.channel(channel).limit_bins(self.learner.name_bins(values))

    def propensity(self, arm: Arm, bins: Iterable[str]) -> Propensity:
        """The propensity of a customer in these bins to respond to an arm."""
        (log_odds, spread), effects = self._arms.get(arm) or self._compute(arm)
        for name in bins:
            log_odds += effects[name]
        return Propensity(log_odds, spread)

    def _compute(self, arm: Arm) -> tuple[Propensity, BinEffects]:
        channel, counters = self.channel(arm.channel), self.counters.read_arm(arm)
        offer = self.learner.estimate_offer(counters.sum_bin(), channel.mean)
        effects = BinEffects(self.learner, counters, offer.mean, channel)
        self._arms[arm] = offer, effects
        return offer, effects
