"""What a learner believes, reckoned once from counters that stand still and looked up from then on.

A bin's effects add up, so what is kept is one number for each arm and bin that was ever counted,
never one for each kind of customer: the memory has a bound and no decision misses it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hub.learning.domain.decaying_counters import Arm, Counts, Tally
from hub.learning.domain.features import OTHER
from hub.learning.domain.propensity import Learner, Propensity, shrunk

MOST_BINS = 30


class Channel:
    """A channel over all its offers: its rate, and by how much each bin lifts it."""

    def __init__(self, learner: Learner, tally: Tally) -> None:
        self.tally, self.mean = tally, learner.mean(tally.cell())
        self._pull, self._lifts = learner.bin_pull, dict[str, float]()
        self._bounded = frozenset(feature.name for feature in learner.features if feature.bounds)
        self._full = dict[str, bool]()

    def lift(self, name: str) -> float:
        """0 for a bin that was never counted, of which nothing is kept."""
        if name in self._lifts:
            return self._lifts[name]
        if not (cell := self.tally.cell(name)).trials:
            return 0.0
        self._lifts[name] = lift = shrunk(cell, self.mean, self._pull) / self.mean
        return lift

    def bins(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """A new one beyond `MOST_BINS` of a feature is `other`: free text cannot fill the table."""
        return tuple([name if self.lift(name) else self._uncounted(name) for name in names])

    def _uncounted(self, name: str) -> str:
        feature = name.partition("=")[0]
        full = feature not in self._bounded and self._is_full(feature)
        return f"{feature}={OTHER}" if full else name

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
        if not (lift := self._channel.lift(name)):
            return 0.0
        self[name] = effect = self._learner.effect(self._tally.cell(name), self._rate, lift)
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
