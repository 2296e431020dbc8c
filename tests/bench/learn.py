"""What the learner is worth, beside a fixed treatment, chance and MABWiser, in one replay.

Ten streams (seeds 0 to 9, which nothing was tuned on; the hub's constants were chosen on other
seeds), reward: a visit. The hub learns after each customer and forgets with its default half-life,
the stream being spread over the two weeks of the experiment. MABWiser gets the features one-hot and
its own defaults, and learns every `BATCH` customers, the first batch being treated at random, for
it refits too slowly to do so after each; to be fair its linear policies also run with their
exploration turned down (`alpha` 0.3 and 0.1), and the best of all of these is what we compare with.

A ratio is that of the means over the ten streams. Its spread, as told while it runs, is the
standard error over the streams. It is wide: a stream has some 10,600 customers who count, and one
on which the better treatment begins unluckily costs a policy several percent.
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import mean, stdev
from time import process_time

from tests.bench import Figures, Tell
from tests.bench.policies import BATCH, Chance, Hub, mabwiser
from tests.bench.replay import ARMS, Policy, Visitor, Worth, best_fixed, replay, stream, visitors

SEEDS = range(10)
HUB = "hub"
Contender = tuple[Callable[[int], Policy], int]


def contenders(people: Sequence[Visitor]) -> dict[str, Contender]:
    """Each with how many customers it takes between learning."""
    peers = {name: (make, BATCH) for name, make in mabwiser(people).items()}
    return {HUB: (Hub, 1), "chance": (Chance, 1), **peers}


def figures(tell: Tell) -> Figures:
    people = visitors()
    tell(f"{len(people)} customers in {len(SEEDS)} orders; visits of each 100, beside best fixed")
    streams = [stream(people, seed) for seed in SEEDS]
    fixed = list(map(best_fixed, streams))
    worths: dict[str, list[Worth]] = {}
    for name, (make, batch) in contenders(people).items():
        policies = map(make, SEEDS)
        worths[name] = [replay(s, p, batch) for s, p in zip(streams, policies, strict=True)]
        tell(_line(name, worths[name], fixed))
    return {**_ratios(worths, fixed), "learn.us_per_decision_and_offer": cost(streams[0])}


def _ratios(worths: Mapping[str, Sequence[Worth]], fixed: Sequence[Worth]) -> dict[str, float]:
    whole = {name: mean(w.whole for w in found) for name, found in worths.items()}
    ours = whole.pop(HUB)
    chance = whole.pop("chance")
    late = mean(w.second_half for w in worths[HUB]) / mean(w.second_half for w in fixed)
    return {
        "learn.vs_best_mabwiser": round(ours / max(whole.values()), 4),
        "learn.vs_best_fixed": round(ours / mean(w.whole for w in fixed), 4),
        "learn.vs_best_fixed_second_half": round(late, 4),
        "learn.vs_chance": round(ours / chance, 4),
    }


def _line(name: str, found: Sequence[Worth], fixed: Sequence[Worth]) -> str:
    whole = [ours.whole / best.whole for ours, best in zip(found, fixed, strict=True)]
    late = [ours.second_half / best.second_half for ours, best in zip(found, fixed, strict=True)]
    visits = 100 * mean(worth.whole for worth in found)
    return f"  {name:14} {visits:6.2f}   {_spread(whole)}   second half {_spread(late)}"


def _spread(ratios: Sequence[float]) -> str:
    error = stdev(ratios) / len(ratios) ** 0.5
    return f"{mean(ratios):.4f} ± {error:.4f} ({min(ratios):.3f} to {max(ratios):.3f})"


def cost(people: Sequence[Visitor]) -> float:
    """Microseconds of CPU for choosing and learning together, for each decision and offer."""
    started = process_time()
    replay(people, Hub(0), 1)
    return round((process_time() - started) / len(people) / len(ARMS) * 1e6, 2)
