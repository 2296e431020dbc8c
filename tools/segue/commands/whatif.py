"""`segue whatif`: what a draft would have done with past events."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hub.catalogue.domain.catalogue import Catalogue
from hub.model.episode import RecordedEpisode
from hub.profile.adapters.customer_table import size_in_bytes
from hub.simulation.domain.what_if.comparison import Comparison
from hub.simulation.steps.run_what_if import RunWhatIf
from tools.segue import catalogues, draft_rows, whatif_tables
from tools.segue.archived_episodes import (
    ArchivedEpisodes,
    Window,
    gather_episodes,
    make_surroundings_reader,
    report_archive_errors,
)
from tools.segue.commands.replay import Days, Since, Until, Whose
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.screen import Step
from tools.segue.session import get_session

_PROGRESS_EVERY = 50


def add_commands(app: typer.Typer) -> None:
    app.command()(whatif)


def whatif(
    context: typer.Context,
    *,
    draft: Annotated[
        Path | None,
        typer.Argument(help="Rows by table: a JSON file, or a folder of rules.json ..."),
    ] = None,
    status: Annotated[
        str, typer.Option(help="`draft`: the rows of the tables with the status draft.")
    ] = "",
    days: Days = 7,
    since: Since = None,
    until: Until = None,
    customer: Whose = "",
) -> None:
    """Decide the archived events with draft rows and show what would change. Sends nothing."""
    session = get_session(context)
    hub, window = session.hub(), Window.from_options(days, since, until)
    previous = catalogues.read_current(hub)
    snapshot = draft_rows.build_snapshot(_read_draft(hub, draft, status), previous)
    what_if = RunWhatIf(
        live=Catalogue.from_snapshot(previous),
        draft=Catalogue.from_snapshot(snapshot),
        find_surroundings=make_surroundings_reader(hub),
        size=size_in_bytes,
        until=window.end,
    )
    with (
        report_archive_errors(),
        session.screen.step("Deciding past events") as step,
        gather_episodes(hub, window, customer, step) as past,
    ):
        result = compare(what_if, past, step)
    session.screen.show(whatif_tables.render_comparison(result), result.to_dict())


def compare(what_if: RunWhatIf, past: ArchivedEpisodes, step: Step) -> Comparison:
    result, episodes = Comparison(), 0
    for records in past.group_by_customer():
        result.add_customer(_get_name(records), *what_if(records))
        episodes += len(records)
        if result.customers % _PROGRESS_EVERY == 0:
            step.report(f"{episodes:,} of {past.count:,} episodes")
    return result


def _read_draft(hub: Hub, place: Path | None, status: str) -> draft_rows.Rows:
    if status not in {"", "draft"}:
        raise UserError(f"--status {status} is not possible: only `draft` is.")
    if (place is None) == (not status):
        raise UserError("Name a draft: a file or a folder, or --status draft.")
    return draft_rows.read_draft(place) if place else draft_rows.read_draft_rows(hub)


def _get_name(records: Sequence[RecordedEpisode]) -> str:
    """Return the customer's latest name."""
    person = records[-1].before.person
    return " ".join(str(person[word]) for word in ("first_name", "last_name") if person.get(word))
