"""A what-if comparison for people: who gains and loses messages, figures, and examples."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from hub.simulation.domain.what_if.comparison import Comparison
from tools.segue import render

REASONS = 10
SIDES = ("live", "draft")
COUNTS = (*SIDES, "gained", "lost")


def render_comparison(comparison: Comparison) -> RenderableType:
    return Group(*_render_parts(comparison.to_dict()))


def _render_parts(comparison: Mapping[str, Any]) -> Iterator[RenderableType]:
    touched, customers = comparison["customers_touched"], comparison["customers"]
    yield Text(
        f"{touched:,} of {customers:,} customers would get other messages, "
        f"on {comparison['events']:,} events."
    )
    for dimension, values in comparison["messages"].items():
        if values:
            rows = ((value, *map(counts.get, COUNTS)) for value, counts in values.items())
            yield Text()
            yield render.build_table((f"messages by {dimension}", *COUNTS), rows)
    yield Text()
    yield render.build_table(("", *SIDES), _list_figures(comparison))
    if comparison["examples"]:
        yield Text("\nExamples")
    for example in comparison["examples"]:
        yield _render_example(example)


def _list_figures(comparison: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield the figures. Money is in minor units."""
    yield ("customers held back", *_format_sides(comparison["customers_held_back"]))
    for reason, counts in list(comparison["held_back"].items())[:REASONS]:
        yield (f"  {reason}", *_format_sides(counts))
    for queue in sorted({*comparison["calls"]["live"], *comparison["calls"]["draft"]}):
        slots = [comparison["calls"][side].get(queue, {}) for side in SIDES]
        yield (f"calls in {queue}", *(each.get("calls", 0) for each in slots))
        yield ("  most in an hour", *(each.get("most_an_hour", 0) for each in slots))
    yield ("expected cost", *_format_sides(comparison["expected_cost"]))
    yield ("expected value", *_format_sides(comparison["expected_value"]))
    if any(comparison["undecided"].values()):
        yield ("events that could not be decided", *_format_sides(comparison["undecided"]))


def _format_sides(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(f"{counts[side]:,}" for side in SIDES)


def _render_example(example: Mapping[str, str]) -> RenderableType:
    name = " ".join(filter(None, (example["name"], example["customer_id"])))
    sentences = render.build_table(
        ("", ""), (("live", example["before"]), ("draft", example["after"]))
    )
    sentences.show_header = False
    return Group(Text.assemble((name, "bold"), (f" at {example['at']}", "dim")), sentences)
