"""Counters that fade, and that are only ever added to.

A trial at time t counts 2 ** (t / half-life) against a fixed epoch; to read them as of now, all are
divided by 2 ** (now / half-life). So fading needs no rewriting, and any order of additions gives
the same sums (forward decay: Cormode, Shkapenyuk, Srivastava & Xu, ICDE 2009). Weights are whole
numbers, so the sums are exact. The epoch moves every `ERA` half-lives, to a new item, so that a sum
keeps within DynamoDB's 38 digits: 1000 * 2**64 leaves room for 10**15 trials.
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
    """What can be chosen; the offer `CATALOGUE` stands for all offers of a channel."""

    offer: str
    channel: str


class BinTotals(NamedTuple):
    """Trials and successes as of now; a success never lacks its trial."""

    trials: float
    successes: float


class CounterKey(NamedTuple):
    """An item of the table: the counters of one arm in one era."""

    offer: str
    cell: str


@dataclass(frozen=True, slots=True)
class Decay:
    """Another half-life is another set of counters: it begins anew."""

    half_life: timedelta = HALF_LIFE

    def age(self, at: datetime) -> float:
        """Half-lives since 1970."""
        return at.timestamp() / self.half_life.total_seconds()

    def era(self, at: datetime) -> int:
        return int(self.age(at) // ERA)

    def weight(self, at: datetime) -> int:
        return round(UNITS_PER_TRIAL * exp2(self.age(at) - self.era(at) * ERA))

    def scale(self, era: int, now: datetime) -> float:
        """What a unit of that era's sums is worth now, in trials."""
        return exp2(era * ERA - self.age(now)) / UNITS_PER_TRIAL

    def eras(self, now: datetime) -> tuple[int, ...]:
        """Those that still count: the one before drops out below 2 ** -FADED."""
        era = self.era(now)
        return (era,) if self.age(now) - era * ERA > FADED_HALF_LIVES else (era, era - 1)

    def key(self, arm: Arm, era: int) -> CounterKey:
        return CounterKey(arm.offer, f"{arm.channel}#{self.half_life.total_seconds():g}s#{era}")


@dataclass(frozen=True, slots=True)
class ArmCounters:
    """One arm's counters: for each era that counts its scale, and sums by name."""

    eras: tuple[tuple[float, Mapping[str, int]], ...] = ()

    def sum_bin(self, name: str = "") -> BinTotals:
        """The cell of a bin (`place.region=north`), or of everybody."""
        trials = successes = 0.0
        shown, answered = _sum_names(name)
        for scale, sums in self.eras:
            trials += scale * sums.get(shown, 0)
            successes += scale * sums.get(answered, 0)
        if 0 <= successes <= trials:
            return BinTotals(trials, successes)
        return BinTotals(max(trials, 0.0), min(max(successes, 0.0), max(trials, 0.0)))

    def list_bin_names(self) -> list[str]:
        """Every bin that has been counted, as `feature=bin`."""
        counted = {name for _, sums in self.eras for name in sums if name.startswith(f"{SHOWN} ")}
        return sorted(name.removeprefix(f"{SHOWN} ") for name in counted)

    def count_bins(self, feature: str) -> int:
        """How many bins of a feature have been counted."""
        return sum(name.startswith(f"{feature}=") for name in self.list_bin_names())


@lru_cache(4096)
def _sum_names(name: str) -> tuple[str, str]:
    """What a bin's trials and successes are called."""
    return (f"{SHOWN} {name}", f"{ANSWERED} {name}") if name else (SHOWN, ANSWERED)


_NO_COUNTERS = ArmCounters()


class CounterSnapshot:
    """What is known of all arms as of one moment. `stored` is key -> sums by name."""

    def __init__(
        self, stored: Mapping[CounterKey, Mapping[str, int]], decay: Decay, now: datetime
    ) -> None:
        self._stored, self._decay = stored, decay
        self._scales = [(era, decay.scale(era, now)) for era in decay.eras(now)]

    def read_arm(self, arm: Arm) -> ArmCounters:
        eras = [
            (scale, sums)
            for era, scale in self._scales
            if (sums := self._stored.get(self._decay.key(arm, era)))
        ]
        return ArmCounters(tuple(eras)) if eras else _NO_COUNTERS

    def read_channel(self, channel: str) -> ArmCounters:
        return self.read_arm(Arm(CATALOGUE, channel))

    def list_arms(self) -> list[Arm]:
        """Every arm that was counted and still counts, the catalogue's own included."""
        named = (Arm(key.offer, key.cell.partition("#")[0]) for key in self._stored)
        return sorted(arm for arm in dict.fromkeys(named) if self.read_arm(arm).eras)


def list_counter_keys(arms: Iterable[Arm], decay: Decay, now: datetime) -> tuple[CounterKey, ...]:
    """The items to read for a choice between these arms, their catalogue's included."""
    arms = tuple(arms)
    wanted = dict.fromkeys([*arms, *(Arm(CATALOGUE, arm.channel) for arm in arms)])
    return tuple(decay.key(arm, era) for arm in wanted for era in decay.eras(now))


def to_start_of_hour(now: datetime) -> str:
    """The hour that has begun. Beliefs are as of an hour, so that what is read twice in it is the
    same to the last byte; half-lives are days, so nobody sees the difference."""
    return to_iso(now.replace(minute=0, second=0, microsecond=0))
