"""What a person reads of a what-if."""

import io
from collections import Counter

from rich.console import Console

from hub.simulation.domain.what_if.comparison import Comparison
from hub.simulation.domain.what_if.examples import Example, Examples
from hub.simulation.domain.what_if.variant import Variant
from tools.segue.whatif_tables import render_comparison

LIVE = Variant(
    messages=Counter({("rule", "welcome"): 3, ("channel", "email"): 3}),
    held_back=Counter({"no consent to marketing messages by email": 2}),
    customers_held_back=2,
    calls=Counter({("retention", "2026-11-22T09"): 4, ("retention", "2026-11-22T10"): 1}),
    value=1500.4,
)
TOLD = Comparison(
    live=LIVE,
    draft=Variant(undecided=1),
    lost=Counter({("rule", "welcome"): 3}),
    customers=1200,
    touched=3,
    events=5000,
    examples=Examples(
        {"lost": [Example("c-1", "Ann Baker", "a.b", "2026-11-22T09:00:00.000Z", "Sent.", "Not.")]}
    ),
)


def shown(told: Comparison) -> list[str]:
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    console.print(render_comparison(told))
    assert isinstance(console.file, io.StringIO)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_the_number_of_changes_comes_first() -> None:
    assert shown(TOLD)[0].startswith("3 of 1,200 customers would get other messages, on 5,000")


def test_messages_are_counted_by_rule_offer_and_channel() -> None:
    lines = shown(TOLD)
    assert "messages by rule live draft gained lost" in lines
    assert "welcome 3 0 0 3" in lines
    assert not any("messages by offer" in line for line in lines)


def test_costs_and_calls_are_shown_for_both_catalogues() -> None:
    lines = shown(TOLD)
    for line in (
        "customers held back 2 0",
        "no consent to marketing messages by email 2 0",
        "calls in retention 5 0",
        "most in an hour 4 0",
        "expected value 1,500 0",
        "events that could not be decided 0 1",
    ):
        assert line in lines


def test_an_example_has_a_name_and_both_sentences() -> None:
    lines = shown(TOLD)
    place = lines.index("Ann Baker c-1 at 2026-11-22T09:00:00.000Z")
    assert lines[place + 1 : place + 3] == ["live Sent.", "draft Not."]


def test_no_examples_are_shown_if_nothing_changes() -> None:
    assert "Examples" not in shown(Comparison())
