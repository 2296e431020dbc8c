"""Fair clocks: all contenders take turns, so that a busy moment of the machine hits all alike, and
what is told is the processor's time, so that waiting for it while others work counts for nobody."""

from collections.abc import Callable, Mapping
from statistics import median
from time import process_time

Work = Callable[[], object]
_LEAST_SECONDS = 0.005


def medians(contenders: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Microseconds that one call takes, by name: the median of `rounds` turns each."""
    repeats = {name: _repeats(work) for name, work in contenders.items()}
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            taken[name].append(_seconds(work, repeats[name]) / repeats[name])
    return {name: median(times) * 1e6 for name, times in taken.items()}


def _repeats(work: Work) -> int:
    """So many that the clock's own grain does not matter; the first call warms up."""
    work()
    return max(1, round(_LEAST_SECONDS / max(_seconds(work, 1), 1e-9)))


def _seconds(work: Work, repeats: int) -> float:
    started = process_time()
    for _ in range(repeats):
        work()
    return process_time() - started
