"""`segue replay`: decides archived events again and compares."""

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
    ArchivedEpisodes,
    Window,
    gather_episodes,
    make_catalogue_reader,
    make_surroundings_reader,
    report_archive_errors,
)
from tools.segue.hub import Hub
from tools.segue.screen import Step
from tools.segue.session import get_session

MOST_SHOWN = 10
LONGEST_VALUE = 300
_PROGRESS_EVERY = 100

Days = Annotated[int, typer.Option(min=1, max=400, help="How many days, today included (UTC).")]
Since = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default="by --days"),
]
Until = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.", show_default="today"),
]
Whose = Annotated[str, typer.Option("--customer", help="Only this customer: their id or any key.")]


def add_commands(app: typer.Typer) -> None:
    app.command()(replay)


@dataclass(slots=True)
class ReplayResult:
    """The counts; `first` holds the first few differences."""

    episodes: int = 0
    decisions: int = 0
    differences: int = 0
    seconds: float = 0.0
    first: list[Difference] = field(default_factory=list)

    def count(self, decisions: int, found: Sequence[Difference]) -> None:
        self.episodes += 1
        self.decisions += decisions
        self.differences += len(found)
        self.first += found[: MOST_SHOWN - len(self.first)]

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
    """Decide archived events again and compare; the exit code is 1 if anything differs."""
    session = get_session(context)
    hub, window = session.hub(), Window.from_options(days, since, until)
    with (
        report_archive_errors(),
        session.screen.step("Replaying") as step,
        gather_episodes(hub, window, customer, step) as past,
    ):
        result = replay_episodes(hub, past, step)
    session.screen.show(_render_result(result), result.to_dict())
    if result.differences:
        raise typer.Exit(1)


def replay_episodes(hub: Hub, past: ArchivedEpisodes, step: Step) -> ReplayResult:
    started, result = time.monotonic(), ReplayResult()
    replayer = ReplayArchive(
        make_catalogue_reader(hub), make_surroundings_reader(hub), size_in_bytes
    )
    for record, found in replayer(past.read_records()):
        result.count(len(record.episode.decisions), found)
        if result.episodes % _PROGRESS_EVERY == 0:
            step.report(f"{result.episodes:,} of {past.count:,} episodes")
    result.seconds = time.monotonic() - started
    return result


def _render_result(result: ReplayResult) -> RenderableType:
    counted = (result.episodes, result.decisions, result.differences, f"{result.seconds:.1f}")
    columns = ("episodes", "decisions", "differences", "seconds")
    return Group(render.build_table(columns, [counted]), *map(_render_difference, result.first))


def _render_difference(found: Difference) -> Text:
    """Return the difference. Long values are cut; `--json` has them complete."""
    return Text.assemble(
        (f"{found.customer_id} version {found.version}, {to_iso(found.decided_at)}: ", "dim"),
        (f"{found.field} ", "bold"),
        f"was {found.was[:LONGEST_VALUE]} and is now {found.now[:LONGEST_VALUE]}",
    )
