"""`segue whatif`: what a draft would have done with the events of the past."""

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
from tools.segue.archived_episodes import Past, Window, archive_errors, gathered, surroundings_of
from tools.segue.commands.replay import Days, Since, Until, Whose
from tools.segue.hub import Hub
from tools.segue.local_home import ToldError
from tools.segue.screen import Step
from tools.segue.session import session_of

_OFTEN = 50


def add_to(app: typer.Typer) -> None:
    app.command()(whatif)


def whatif(
    context: typer.Context,
    *,
    draft: Annotated[
        Path | None,
        typer.Argument(help="Rows by table: a JSON file, or a folder of rules.json ..."),
    ] = None,
    status: Annotated[
        str, typer.Option(help="`draft`: the rows that stand in the tables as drafts.")
    ] = "",
    days: Days = 7,
    since: Since = None,
    until: Until = None,
    customer: Whose = "",
) -> None:
    """Play the archived events through draft rows and say what would change. Sends nothing."""
    session = session_of(context)
    hub, window = session.hub(), Window.asked(days, since, until)
    previous = catalogues.standing(hub)
    snapshot = draft_rows.catalogue_with(_draft(hub, draft, status), previous)
    what_if = RunWhatIf(
        live=Catalogue.from_snapshot(previous),
        draft=Catalogue.from_snapshot(snapshot),
        find_surroundings=surroundings_of(hub),
        size=size_in_bytes,
        until=window.end,
    )
    with (
        archive_errors(),
        session.screen.step("Playing the past") as step,
        gathered(hub, window, customer, step) as past,
    ):
        told = compared(what_if, past, step)
    session.screen.show(whatif_tables.comparison(told), told.to_dict())


def compared(what_if: RunWhatIf, past: Past, step: Step) -> Comparison:
    told, episodes = Comparison(), 0
    for records in past.customers():
        told.add_customer(_name(records), *what_if(records))
        episodes += len(records)
        if told.customers % _OFTEN == 0:
            step.now(f"{episodes:,} of {past.episodes:,} episodes")
    return told


def _draft(hub: Hub, place: Path | None, status: str) -> draft_rows.Rows:
    if status not in {"", "draft"}:
        raise ToldError(f"--status {status} is none to try: only `draft` is.")
    if (place is None) == (not status):
        raise ToldError("Name a draft: a file or a folder, or --status draft.")
    return draft_rows.read(place) if place else draft_rows.drafts(hub)


def _name(records: Sequence[RecordedEpisode]) -> str:
    """As they were called at last."""
    person = records[-1].before.person
    return " ".join(str(person[word]) for word in ("first_name", "last_name") if person.get(word))
