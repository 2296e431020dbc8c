"""What a learner believes, reckoned once from counters that stand still and looked up from then on.

A bin's effects add up, so what is kept is one number for each arm and bin that was ever counted,
never one for each kind of customer: the memory has a bound and no decision misses it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hub.domain.learning.counters import Arm, Counts, Tally
from hub.domain.learning.features import OTHER
from hub.domain.learning.propensity import Learner, Propensity, shrunk

MOST_BINS = 30


class Channel:
    """A channel over all its offers: its rate, and by how much each bin lifts it."""

    def __init__(self, learner: Learner, tally: Tally) -> None:
        self.tally, self.mean = tally, learner.mean(tally.cell())
        self._pull, self._lifts = learner.bin_pull, dict[str, float]()
        self._bounded = frozenset(feature.name for feature in learner.features if feature.bounds)
        self._counted = set[str]()
        self._full = dict[str, bool]()

    def lift(self, name: str) -> float:
        if name not in self._lifts:
            rate = shrunk(self.tally.cell(name), self.mean, self._pull)
            self._lifts[name] = rate / self.mean
        return self._lifts[name]

    def counted(self, name: str) -> bool:
        if name not in self._counted and self.tally.has(name):
            self._counted.add(name)
        return name in self._counted

    def bins(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """A new one beyond `MOST_BINS` of a feature is `other`: free text cannot fill the table."""
        return names if self._counted.issuperset(names) else tuple(map(self._bin, names))

    def _bin(self, name: str) -> str:
        feature = name.partition("=")[0]
        if self.counted(name) or feature in self._bounded or not self._is_full(feature):
            return name
        return f"{feature}={OTHER}"

    def _is_full(self, feature: str) -> bool:
        if feature not in self._full:
            self._full[feature] = self.tally.bins(feature) >= MOST_BINS
        return self._full[feature]


class Effects(dict[str, float]):
    """What each bin adds to the log-odds of one arm, reckoned when it is first asked for. A bin
    that was never counted adds nothing."""

    def __init__(self, learner: Learner, tally: Tally, rate: float, channel: Channel) -> None:
        super().__init__()
        self._learner, self._tally, self._rate, self._channel = learner, tally, rate, channel

    def __missing__(self, name: str) -> float:
        if not self._channel.counted(name):
            return 0.0
        cell, lift = self._tally.cell(name), self._channel.lift(name)
        self[name] = effect = self._learner.effect(cell, self._rate, lift)
        return effect


class Beliefs:
    """Of all arms, as of the moment of the counts."""

    def __init__(self, learner: Learner, counts: Counts) -> None:
        self.learner, self.counts = learner, counts
        self._channels: dict[str, Channel] = {}
        self._arms: dict[Arm, tuple[Propensity, Effects]] = {}

    def channel(self, name: str) -> Channel:
        if name not in self._channels:
            self._channels[name] = Channel(self.learner, self.counts.catalogue(name))
        return self._channels[name]

    def bins(self, values: Mapping[str, Any], channel: str) -> tuple[str, ...]:
        """The customer's bins on a channel; `values` are their features by name."""
        return self.channel(channel).bins(self.learner.names(values))

    def propensity(self, arm: Arm, bins: Iterable[str]) -> Propensity:
        (log_odds, spread), effects = self._arms.get(arm) or self._reckon(arm)
        for name in bins:
            log_odds += effects[name]
        return Propensity(log_odds, spread)

    def _reckon(self, arm: Arm) -> tuple[Propensity, Effects]:
        channel, tally = self.channel(arm.channel), self.counts.of(arm)
        offer = self.learner.offer(tally.cell(), channel.mean)
        effects = Effects(self.learner, tally, offer.mean, channel)
        self._arms[arm] = offer, effects
        return offer, effects
