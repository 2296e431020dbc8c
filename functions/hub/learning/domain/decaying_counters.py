"""Counters that decay by half-life although they are only ever added to.

A trial at time t counts 2 ** (t / half-life) against a fixed epoch. Reading divides all sums by
2 ** (now / half-life). So decay needs no rewriting, and any order of additions gives the same sums
(forward decay: Cormode, Shkapenyuk, Srivastava & Xu, ICDE 2009). Weights are whole numbers, so the
sums are exact. Every `ERA` half-lives a new epoch, in a new item, begins so that a sum has no more
than DynamoDB's 38 digits: 1000 * 2**64 leaves room for 10**15 trials.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import exp2
from typing import NamedTuple

from hub.kernel.times import to_iso

CATALOGUE = "*"
ERA = 64
FADED_HALF_LIVES = 16
UNITS_PER_TRIAL = 1000
HALF_LIFE = timedelta(days=30)
SHOWN, ANSWERED = "shown", "answered"


class Arm(NamedTuple):
    """An offer on a channel; the offer `CATALOGUE` stands for all offers of the channel."""

    offer: str
    channel: str


class BinTotals(NamedTuple):
    """Trials and successes as of now; there are never more successes than trials."""

    trials: float
    successes: float


class CounterKey(NamedTuple):
    """The key of one item of the table: the counters of one arm in one era."""

    offer: str
    cell: str


@dataclass(frozen=True, slots=True)
class Decay:
    """How counters decay. Another half-life has other counters, which start from nothing."""

    half_life: timedelta = HALF_LIFE

    def age(self, at: datetime) -> float:
        """The number of half-lives since 1970."""
        return at.timestamp() / self.half_life.total_seconds()

    def era(self, at: datetime) -> int:
        """The number of the era of that time."""
        return int(self.age(at) // ERA)

    def weight(self, at: datetime) -> int:
        """The units that a trial at that time adds to its era's sums."""
        return round(UNITS_PER_TRIAL * exp2(self.age(at) - self.era(at) * ERA))

    def scale(self, era: int, now: datetime) -> float:
        """The trials that a unit of that era's sums counts now."""
        return exp2(era * ERA - self.age(now)) / UNITS_PER_TRIAL

    def eras(self, now: datetime) -> tuple[int, ...]:
        """The eras that still count. The previous one stops when it counts less than
        2 ** -`FADED_HALF_LIVES`."""
        era = self.era(now)
        return (era,) if self.age(now) - era * ERA > FADED_HALF_LIVES else (era, era - 1)

    def key(self, arm: Arm, era: int) -> CounterKey:
        """The key of an arm's counters in an era."""
        return CounterKey(arm.offer, f"{arm.channel}#{self.half_life.total_seconds():g}s#{era}")


@dataclass(frozen=True, slots=True)
class ArmCounters:
    """One arm's counters: the scale and the sums by name of each era that counts."""

    eras: tuple[tuple[float, Mapping[str, int]], ...] = ()

    def sum_bin(self, name: str = "") -> BinTotals:
        """Sums up a bin (`place.region=north`) or, without a name, all customers."""
        trials = successes = 0.0
        shown, answered = _sum_names(name)
        for scale, sums in self.eras:
            trials += scale * sums.get(shown, 0)
            successes += scale * sums.get(answered, 0)
        if 0 <= successes <= trials:
            return BinTotals(trials, successes)
        return BinTotals(max(trials, 0.0), min(max(successes, 0.0), max(trials, 0.0)))

    def list_bin_names(self) -> list[str]:
        """Lists every counted bin, as `feature=bin`."""
        names = {name for _, sums in self.eras for name in sums if name.startswith(f"{SHOWN} ")}
        return sorted(name.removeprefix(f"{SHOWN} ") for name in names)

    def count_bins(self, feature: str) -> int:
        """Counts the bins of a feature."""
        return sum(name.startswith(f"{feature}=") for name in self.list_bin_names())


@lru_cache(4096)
def _sum_names(name: str) -> tuple[str, str]:
    """The names of the sums of a bin's trials and successes."""
    return (f"{SHOWN} {name}", f"{ANSWERED} {name}") if name else (SHOWN, ANSWERED)


_NO_COUNTERS = ArmCounters()


class CounterSnapshot:
    """The counters of all arms as of one time. `stored` is key -> sums by name."""

    def __init__(
        self, stored: Mapping[CounterKey, Mapping[str, int]], decay: Decay, now: datetime
    ) -> None:
        self._stored, self._decay = stored, decay
        self._scales = [(era, decay.scale(era, now)) for era in decay.eras(now)]

    def read_arm(self, arm: Arm) -> ArmCounters:
        """Reads the counters of an arm; they may be empty."""
        eras = [
            (scale, sums)
            for era, scale in self._scales
            if (sums := self._stored.get(self._decay.key(arm, era)))
        ]
        return ArmCounters(tuple(eras)) if eras else _NO_COUNTERS

    def read_channel(self, channel: str) -> ArmCounters:
        """Reads the counters of all offers of a channel."""
        return self.read_arm(Arm(CATALOGUE, channel))

    def list_arms(self) -> list[Arm]:
        """Lists every arm whose counters still count, also those of `CATALOGUE`."""
        arms = (Arm(key.offer, key.cell.partition("#")[0]) for key in self._stored)
        return sorted(arm for arm in dict.fromkeys(arms) if self.read_arm(arm).eras)


def list_counter_keys(arms: Iterable[Arm], decay: Decay, now: datetime) -> tuple[CounterKey, ...]:
    """Lists the keys to read for a choice between these arms, also those of `CATALOGUE`."""
    arms = tuple(arms)
    all_arms = dict.fromkeys([*arms, *(Arm(CATALOGUE, arm.channel) for arm in arms)])
    return tuple(decay.key(arm, era) for arm in all_arms for era in decay.eras(now))


def to_start_of_hour(now: datetime) -> str:
    """The start of the current hour, as ISO text.

    Beliefs are as of an hour, so that two reads within it are equal to the last byte. Half-lives
    are days, so the difference does not matter."""
    return to_iso(now.replace(minute=0, second=0, microsecond=0))
