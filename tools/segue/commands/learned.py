"""`segue learned`: which offers customers responded to, and what the hub concludes."""

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
    "Rates are in %. Trials lose half their weight in {half_life} days. The fewer trials a rate "
    "has, the closer `believed` is to `towards`. The odds of an answer are those of the offer, "
    "times the effect of each line that is true of the customer."
)
Rows = Sequence[Mapping[str, Any]]


def add_commands(app: typer.Typer) -> None:
    app.command()(learned)


def learned(
    context: typer.Context,
    offer: Annotated[str, typer.Argument(help="An offer's id.", show_default="all")] = "",
    channel: Annotated[str, typer.Option(help="On this channel.", show_default="all")] = "",
) -> None:
    """Show what the hub has learned: how often each offer was shown and answered, and by whom."""
    session = get_session(context)
    hub = session.hub()
    beliefs = learning.read_beliefs(hub, offer)
    rows = (
        learning.explain_offer(beliefs, offer, channel)
        if offer
        else learning.list_offers(beliefs, channel)
    )
    if not rows:
        raise learning.explain_absence(hub, offer, channel)
    data = {"half_life": beliefs.learner.half_life.days, "expected": beliefs.learner.expected}
    tables = _render_channels(rows) if offer else [_render_offers(rows)]
    note = Text(NOTE.format(half_life=beliefs.learner.half_life.days), style="dim")
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
    """Yield a table for each channel, with the range of the offer's samples as its title."""
    for channel, channel_rows in groupby(rows, key=lambda row: str(row["channel"])):
        lines = list(channel_rows)
        low, high = (_format_share(lines[1][end]) for end in ("low", "high"))
        cells = ((row["what"], *_format_figures(row), _format_effect(row)) for row in lines)
        title = f"{channel}: 95 of 100 samples are between {low} and {high}"
        yield render.build_table(("", *FIGURES, "effect"), cells, title)


def _format_figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    counted = (f"{row[name]:.1f}" for name in ("trials", "successes"))
    return (*counted, *(_format_share(row[name]) for name in ("rate", "towards", "shrunk")))


def _format_effect(row: Mapping[str, Any]) -> str:
    return f"x {row['effect']:.3f}" if "effect" in row else ""


def _format_share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f}"
