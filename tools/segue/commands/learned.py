"""`segue learned`: what customers answered to, and what the hub makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from tools.segue import learned_counters as learning
from tools.segue import render
from tools.segue.session import get_session

FIGURES = ("trials", "answers", "rate", "towards", "believed")
NOTE = (
    "Rates are in %, and trials fade by half in {half_life} days. A rate is believed as far as its "
    "trials go, else it is what it is drawn towards. The odds of an answer are the offer's, times "
    "the effect of each thing that is so of the customer."
)
Rows = Sequence[Mapping[str, Any]]


def add_commands(app: typer.Typer) -> None:
    app.command()(learned)


def learned(
    context: typer.Context,
    offer: Annotated[str, typer.Argument(help="An offer's id.", show_default="all")] = "",
    channel: Annotated[str, typer.Option(help="On this channel.", show_default="all")] = "",
) -> None:
    """Show what has been learned: how often each offer was shown and answered, and by whom."""
    session = get_session(context)
    hub = session.hub()
    known = learning.read_beliefs(hub, offer)
    rows = (
        learning.explain_offer(known, offer, channel)
        if offer
        else learning.list_offers(known, channel)
    )
    if not rows:
        raise learning.explain_absence(hub, offer, channel)
    data = {"half_life": known.learner.half_life.days, "expected": known.learner.expected}
    tables = _render_channels(rows) if offer else [_render_offers(rows)]
    note = Text(NOTE.format(half_life=known.learner.half_life.days), style="dim")
    session.screen.show(Group(*tables, note), {**data, "rows": rows})


def _render_offers(rows: Rows) -> RenderableType:
    columns = ("channel", "offer", *FIGURES, "low", "high")
    ends = ("low", "high")
    return render.build_table(
        columns,
        (
            (
                row["channel"],
                row["offer"],
                *_format_figures(row),
                *(_format_share(row.get(end)) for end in ends),
            )
            for row in rows
        ),
    )


def _render_channels(rows: Rows) -> Iterator[RenderableType]:
    """A table for each, under how far the offer's draws lie apart."""
    for channel, found in groupby(rows, key=lambda row: str(row["channel"])):
        told = list(found)
        low, high = (_format_share(told[1][end]) for end in ("low", "high"))
        lines = ((row["what"], *_format_figures(row), _format_effect(row)) for row in told)
        title = f"{channel}: of 100 draws 95 lie between {low} and {high}"
        yield render.build_table(("", *FIGURES, "effect"), lines, title)


def _format_figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    counted = (f"{row[name]:.1f}" for name in ("trials", "successes"))
    return (*counted, *(_format_share(row[name]) for name in ("rate", "towards", "shrunk")))


def _format_effect(row: Mapping[str, Any]) -> str:
    return f"x {row['effect']:.3f}" if "effect" in row else ""


def _format_share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f}"
