"""`segue replay`: what was decided, decided again."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from hub.kernel.times import to_iso
from hub.profile.adapters.customer_table import size_in_bytes
from hub.simulation.domain.replay import Difference
from hub.simulation.steps.replay_archive import ReplayArchive
from tools.segue import render
from tools.segue.archived_episodes import (
    Past,
    Window,
    archive_errors,
    catalogue_of,
    gathered,
    surroundings_of,
)
from tools.segue.hub import Hub
from tools.segue.screen import Step
from tools.segue.session import session_of

SHOWN = 10
LONGEST = 300
_OFTEN = 100

Days = Annotated[int, typer.Option(min=1, max=400, help="The last so many, today included (UTC).")]
Since = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default="by --days"),
]
Until = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.", show_default="today"),
]
Whose = Annotated[str, typer.Option("--customer", help="Of one alone: their id or any key.")]


def add_to(app: typer.Typer) -> None:
    app.command()(replay)


@dataclass(slots=True)
class Replayed:
    """What came of it; `first` are the first few differences of `differences`."""

    episodes: int = 0
    decisions: int = 0
    differences: int = 0
    seconds: float = 0.0
    first: list[Difference] = field(default_factory=list)

    def count(self, decisions: int, found: Sequence[Difference]) -> None:
        self.episodes += 1
        self.decisions += decisions
        self.differences += len(found)
        self.first += found[: SHOWN - len(self.first)]

    def to_dict(self) -> dict[str, Any]:
        first = [{**asdict(one), "decided_at": to_iso(one.decided_at)} for one in self.first]
        return {**asdict(self), "seconds": round(self.seconds, 3), "first": first}


def replay(
    context: typer.Context,
    days: Days = 1,
    since: Since = None,
    until: Until = None,
    customer: Whose = "",
) -> None:
    """Decide again what was decided; ends with 1 where anything comes out otherwise."""
    session = session_of(context)
    hub, window = session.hub(), Window.asked(days, since, until)
    with (
        archive_errors(),
        session.screen.step("Replaying") as step,
        gathered(hub, window, customer, step) as past,
    ):
        told = replayed(hub, past, step)
    session.screen.show(_shown(told), told.to_dict())
    if told.differences:
        raise typer.Exit(1)


def replayed(hub: Hub, past: Past, step: Step) -> Replayed:
    started, told = time.monotonic(), Replayed()
    replayer = ReplayArchive(catalogue_of(hub), surroundings_of(hub), size_in_bytes)
    for record, found in replayer(past.records()):
        told.count(len(record.episode.decisions), found)
        if told.episodes % _OFTEN == 0:
            step.now(f"{told.episodes:,} of {past.episodes:,} episodes")
    told.seconds = time.monotonic() - started
    return told


def _shown(told: Replayed) -> RenderableType:
    counted = (told.episodes, told.decisions, told.differences, f"{told.seconds:.1f}")
    columns = ("episodes", "decisions", "differences", "seconds")
    return Group(render.table(columns, [counted]), *map(_difference, told.first))


def _difference(found: Difference) -> Text:
    """Texts about a customer are cut to a line: `--json` has all of them."""
    return Text.assemble(
        (f"{found.customer_id} version {found.version}, {to_iso(found.decided_at)}: ", "dim"),
        (f"{found.field} ", "bold"),
        f"was {found.was[:LONGEST]} and is now {found.now[:LONGEST]}",
    )
