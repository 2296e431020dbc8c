"""The bench measures what it says it measures."""

import pytest

from tests.bench.rule_engines import hub, interpreter, naive_loop
from tests.bench.rule_sets import bands, cases
from tests.bench.rules import hold_to_the_interpreter
from tests.bench.timing import medians
from tools.segue.command import main


def test_every_contender_takes_its_turns() -> None:
    turns: list[str] = []
    taken = medians({name: lambda name=name: turns.append(name) for name in "ab"}, rounds=3)  # type: ignore[misc]  # mypy takes no default of a lambda
    assert taken.keys() == {"a", "b"}
    assert all(time > 0 for time in taken.values())
    changes = [one for one, two in zip(turns, [*turns[1:], ""], strict=True) if one != two]
    assert "".join(changes) == "abababab"


def test_the_hub_answers_as_the_interpreter_does() -> None:
    rules = bands(300)
    engines = {"hub": hub(rules), "naive_loop": naive_loop(rules)}
    situations = cases(rules)
    hold_to_the_interpreter(engines, interpreter(rules), situations)
    assert all(len(engines["hub"](case)) == 1 for case in situations)


def test_an_engine_with_a_wrong_result_is_not_timed() -> None:
    rules = bands(10)
    with pytest.raises(AssertionError, match="hasty answers"):
        hold_to_the_interpreter({"hasty": lambda _: []}, interpreter(rules), cases(rules))


def test_an_unknown_part_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "ruels"]) == 1
    assert "it is one of rules" in capsys.readouterr().err
