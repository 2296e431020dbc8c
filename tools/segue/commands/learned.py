"""`segue learned`: what customers answered to, and what the hub makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from tools.segue import learned_counters as learning
from tools.segue import render
from tools.segue.session import session_of

FIGURES = ("trials", "answers", "rate", "towards", "believed")
NOTE = (
    "Rates are in %, and trials fade by half in {half_life} days. A rate is believed as far as its "
    "trials go, else it is what it is drawn towards. The odds of an answer are the offer's, times "
    "the effect of each thing that is so of the customer."
)
Rows = Sequence[Mapping[str, Any]]


def add_to(app: typer.Typer) -> None:
    app.command()(learned)


def learned(
    context: typer.Context,
    offer: Annotated[str, typer.Argument(help="An offer's id.", show_default="all")] = "",
    channel: Annotated[str, typer.Option(help="On this channel.", show_default="all")] = "",
) -> None:
    """Show what has been learned: how often each offer was shown and answered, and by whom."""
    session = session_of(context)
    hub = session.hub()
    known = learning.beliefs(hub, offer)
    rows = learning.of_offer(known, offer, channel) if offer else learning.of_all(known, channel)
    if not rows:
        raise learning.refuse(hub, offer, channel)
    data = {"half_life": known.learner.half_life.days, "expected": known.learner.expected}
    tables = _by_channel(rows) if offer else [_offers(rows)]
    note = Text(NOTE.format(half_life=known.learner.half_life.days), style="dim")
    session.screen.show(Group(*tables, note), {**data, "rows": rows})


def _offers(rows: Rows) -> RenderableType:
    columns = ("channel", "offer", *FIGURES, "low", "high")
    ends = ("low", "high")
    return render.table(
        columns,
        (
            (row["channel"], row["offer"], *_figures(row), *(_share(row.get(end)) for end in ends))
            for row in rows
        ),
    )


def _by_channel(rows: Rows) -> Iterator[RenderableType]:
    """A table for each, under how far the offer's draws lie apart."""
    for channel, found in groupby(rows, key=lambda row: str(row["channel"])):
        told = list(found)
        low, high = (_share(told[1][end]) for end in ("low", "high"))
        lines = ((row["what"], *_figures(row), _effect(row)) for row in told)
        title = f"{channel}: of 100 draws 95 lie between {low} and {high}"
        yield render.table(("", *FIGURES, "effect"), lines, title)


def _figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    counted = (f"{row[name]:.1f}" for name in ("trials", "successes"))
    return (*counted, *(_share(row[name]) for name in ("rate", "towards", "shrunk")))


def _effect(row: Mapping[str, Any]) -> str:
    return f"x {row['effect']:.3f}" if "effect" in row else ""


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f}"
