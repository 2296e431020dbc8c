"""What a person sees of a what-if: who gains and loses messages, what it takes, and examples."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from hub.simulation.domain.what_if.comparison import Comparison
from tools.segue import render

REASONS = 10
SIDES = ("live", "draft")
COUNTS = (*SIDES, "gained", "lost")


def render_comparison(told: Comparison) -> RenderableType:
    return Group(*_render_parts(told.to_dict()))


def _render_parts(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    touched, customers = told["customers_touched"], told["customers"]
    yield Text(
        f"{touched:,} of {customers:,} customers would hear something else, "
        f"on {told['events']:,} events."
    )
    for dimension, values in told["messages"].items():
        if values:
            rows = ((value, *map(counts.get, COUNTS)) for value, counts in values.items())
            yield Text()
            yield render.build_table((f"messages by {dimension}", *COUNTS), rows)
    yield Text()
    yield render.build_table(("", *SIDES), _list_figures(told))
    if told["examples"]:
        yield Text("\nExamples")
    for example in told["examples"]:
        yield _render_example(example)


def _list_figures(told: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Money in minor units."""
    yield ("customers held back", *_format_sides(told["customers_held_back"]))
    for reason, counts in list(told["held_back"].items())[:REASONS]:
        yield (f"  {reason}", *_format_sides(counts))
    for queue in sorted({*told["calls"]["live"], *told["calls"]["draft"]}):
        slots = [told["calls"][side].get(queue, {}) for side in SIDES]
        yield (f"calls in {queue}", *(each.get("calls", 0) for each in slots))
        yield ("  most in an hour", *(each.get("most_an_hour", 0) for each in slots))
    yield ("expected cost", *_format_sides(told["expected_cost"]))
    yield ("expected value", *_format_sides(told["expected_value"]))
    if any(told["undecided"].values()):
        yield ("events that could not be decided", *_format_sides(told["undecided"]))


def _format_sides(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(f"{counts[side]:,}" for side in SIDES)


def _render_example(example: Mapping[str, str]) -> RenderableType:
    name = " ".join(filter(None, (example["name"], example["customer_id"])))
    sentences = render.build_table(
        ("", ""), (("live", example["before"]), ("draft", example["after"]))
    )
    sentences.show_header = False
    return Group(Text.assemble((name, "bold"), (f" at {example['at']}", "dim")), sentences)
