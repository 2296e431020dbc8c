"""A whole decision without any I/O: remembering, matching, gates, receipt."""

from functools import partial

from hub.domain.catalogue import Catalogue
from hub.domain.deciding import decide
from hub.domain.surroundings import NOTHING_AROUND
from tests.bench import Figures, Tell
from tests.bench.rule_sets import bands, cases, snapshot
from tests.bench.timing import medians
from tests.factories import NOON

SIZES = (100, 1_000, 10_000)
ROUNDS = 31


def figures(tell: Tell) -> Figures:
    """Microseconds a decision, by the number of rules that listen to the event."""
    turns = {}
    for size in SIZES:
        rules = bands(size)
        (case, *_) = cases(rules)
        catalogue = Catalogue.from_snapshot(snapshot(rules))
        scope = case.scope
        turns[f"decide.us.{size}"] = partial(
            decide, [scope.event], scope.customer, catalogue, NOTHING_AROUND, NOON, "seed"
        )
    taken = medians(turns, ROUNDS)
    for name, microseconds in taken.items():
        tell(f"  {name:16} {microseconds:8.1f} us")
    return {name: round(microseconds, 1) for name, microseconds in taken.items()}
