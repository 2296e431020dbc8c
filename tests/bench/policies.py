"""The contenders of the replay: the hub's own learner, chance, and MABWiser's."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

from hub.learning.domain.feedback import Exposure, Feedback, compute_increments
from hub.surroundings.domain.surroundings import Surroundings
from tests.bench.replay import ARMS, FEATURES, Policy, Visitor
from tests.offer_ranking import LearnedCounters, OfferRanking

BATCH = 50
START = datetime(2008, 3, 20, tzinfo=UTC)
STEP = timedelta(days=14) / 31_923


class Hub:
    """The ranking of live decisions. Only the table is missing: beliefs are computed from the sums
    as they would be stored, anew after each lesson."""

    def __init__(self, seed: int) -> None:
        self._seed, self._now = seed, START
        self._ranking = OfferRanking(dict.fromkeys(ARMS, 1), FEATURES)
        self._counters = LearnedCounters()
        self._surroundings: Surroundings | None = None
        self._showing: Exposure | None = None

    def choose(self, visitors: Sequence[Visitor]) -> Sequence[str]:
        """Of one visitor at a time."""
        (visitor,) = visitors
        self._now += STEP
        if self._surroundings is None:
            self._surroundings = self._counters.to_surroundings(self._now)
        seed = f"{self._seed}:{self._now.timestamp()}"
        best, *_ = self._ranking.rank(
            visitor.features, seed=seed, surroundings=self._surroundings, now=self._now
        )
        bins = best.draw.bins if best.draw else ()
        self._showing = Exposure(best.candidate.arm, bins, self._now)
        return [best.candidate.arm.offer]

    def learn(self, matched: Sequence[Visitor]) -> None:
        if self._showing is None:
            return
        self._surroundings = None
        lesson = Feedback("", self._showing, shown=1, answered=matched[0].visited)
        self._counters.add(compute_increments(lesson))


class Chance:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 chance, not a secret

    def choose(self, visitors: Sequence[Visitor]) -> Sequence[str]:
        return [self._random.choice(ARMS) for _ in visitors]

    def learn(self, matched: Sequence[Visitor]) -> None:
        """Never learns."""


def mabwiser(people: Sequence[Visitor]) -> dict[str, Callable[[int], Policy]]:
    """MABWiser's policies by name, each made from a seed."""
    learning = import_module("mabwiser.mab").LearningPolicy
    columns = sorted({item for visitor in people for item in visitor.features.items()})
    plain = {"thompson": partial(MabWiser, learning.ThompsonSampling(), [])}
    linear = {
        f"{name} {alpha}": partial(MabWiser, kind(alpha=alpha), columns)
        for name, kind in (("lin_ts", learning.LinTS), ("lin_ucb", learning.LinUCB))
        for alpha in (1.0, 0.3, 0.1)
    }
    return {**plain, **linear}


class MabWiser:
    """One of MABWiser's policies, on one-hot features when it takes any."""

    def __init__(self, kind: Any, columns: Sequence[tuple[str, str]], seed: int) -> None:
        self._mab = import_module("mabwiser.mab").MAB(list(ARMS), kind, seed=seed)
        self._columns, self._first = columns, Chance(seed)
        self._fitted = False

    def choose(self, visitors: Sequence[Visitor]) -> Sequence[str]:
        if not self._fitted:
            return self._first.choose(visitors)
        if not self._columns:
            return [self._mab.predict() for _ in visitors]
        chosen = self._mab.predict(self._one_hot(visitors))
        return [chosen] if isinstance(chosen, str) else list(chosen)

    def learn(self, matched: Sequence[Visitor]) -> None:
        told: list[Any] = [[v.given for v in matched], [v.visited for v in matched]]
        if self._columns:
            told.append(self._one_hot(matched))
        (self._mab.partial_fit if self._fitted else self._mab.fit)(*told)
        self._fitted = True

    def _one_hot(self, visitors: Sequence[Visitor]) -> list[list[float]]:
        return [
            [float(v.features[name] == value) for name, value in self._columns] for v in visitors
        ]
