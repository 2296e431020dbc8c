"""Matching beside other engines, and a prebuilt catalogue beside one compiled from its rows."""

from collections.abc import Iterator
from itertools import cycle

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import compile_catalogue, load_compiled_catalogue
from hub.expression.domain.parse import parse
from tests.bench import Figures, Tell
from tests.bench.rule_engines import PEERS, Engine, hub, interpreter
from tests.bench.rule_sets import Case, bands, cases, snapshot
from tests.bench.timing import Work, medians

SIZES = (1_000, 10_000)
ROUNDS = {1_000: 31, 10_000: 9}


def figures(tell: Tell) -> Figures:
    found: dict[str, float] = {}
    for size in SIZES:
        found |= _beside_others(size, tell)
    return {**found, **_growth(tell), **_artifact(SIZES[-1], tell)}


def _beside_others(size: int, tell: Tell) -> dict[str, float]:
    rules = bands(size)
    situations = cases(rules)
    tell(f"{size} rules: building every engine and checking its answers")
    engines = {"hub": hub(rules), **{name: make(rules) for name, make in PEERS.items()}}
    hold_to_the_interpreter(engines, interpreter(rules), situations)
    taken = medians({name: _turn(e, situations) for name, e in engines.items()}, ROUNDS[size])
    return dict(_told(taken, size, tell))


def hold_to_the_interpreter(
    engines: dict[str, Engine], interpreted: Engine, situations: list[Case]
) -> None:
    """Raises AssertionError naming the engine that answers otherwise: its speed would be none."""
    for case in situations:
        expected = interpreted(case)
        for name, engine in engines.items():
            if (given := engine(case)) != expected:
                raise AssertionError(f"{name} answers {given}, the interpreter {expected}")


def _turn(engine: Engine, situations: list[Case]) -> Work:
    """One event after the other, for ever."""
    waiting = cycle(situations)
    return lambda: engine(next(waiting))


def _told(taken: dict[str, float], size: int, tell: Tell) -> Iterator[tuple[str, float]]:
    ours = taken.pop("hub")
    tell(f"  {'hub':12} {ours:12.1f} us")
    yield f"rules.us.{size}", round(ours, 2)
    for name, theirs in taken.items():
        tell(f"  {name:12} {theirs:12.1f} us   {theirs / ours:8.1f} x")
        yield f"rules.vs_{name}.{size}", round(theirs / ours, 1)


def _growth(tell: Tell) -> dict[str, float]:
    """Both sizes side by side: at different times the machine would be busy in different ways."""
    turns = {str(size): _turn(hub(bands(size)), cases(bands(size))) for size in SIZES}
    small, large = medians(turns, rounds=31).values()
    tell(f"ten times the rules take {large / small:.2f} times as long")
    return {"rules.growth.10000_over_1000": round(large / small, 2)}


def _artifact(size: int, tell: Tell) -> dict[str, float]:
    """Each up to the answer to its first event; the parser's memory of earlier texts is emptied."""
    rules = bands(size)
    rows, (case, *_) = snapshot(rules), cases(rules)
    artifact = compile_catalogue(rows)

    def compiled() -> object:
        parse.cache_clear()
        return Catalogue.from_snapshot(rows).find_matching_rules(case.scope)

    def loaded() -> object:
        parse.cache_clear()
        catalogue = load_compiled_catalogue(artifact)
        return catalogue and catalogue.find_matching_rules(case.scope)

    taken = medians({"compile": compiled, "load": loaded}, rounds=5)
    ratio = taken["load"] / taken["compile"]
    tell(f"artifact of {size}: {len(artifact):,} bytes, {taken['load'] / 1000:.1f} ms to load,")
    tell(f"  {taken['compile'] / 1000:.0f} ms to compile, {ratio:.4f} of it")
    return {"rules.artifact.load_over_compile": round(ratio, 5)}
