"""`segue catalogue` and `segue rollback`: what was published, and back to it."""

from typing import Annotated

import typer
from rich.text import Text

from tools.segue import catalogues, render
from tools.segue.session import session_of


def add_to(app: typer.Typer) -> None:
    app.command()(catalogue)
    app.command()(rollback)


def catalogue(
    context: typer.Context,
    last: Annotated[int, typer.Option(min=1, max=100, help="So many of the newest.")] = 10,
) -> None:
    """List the last published catalogues: number, time and what each changed."""
    session = session_of(context)
    found = list(catalogues.publications(session.hub(), last))
    lines = ((p["number"], p["at"], catalogues.in_words(p["changes"])) for p in found)
    session.screen.show(render.table(("number", "published", "changes"), lines), found)


def rollback(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="As `segue catalogue` lists it.")],
) -> None:
    """Put the rows of an earlier catalogue back; they are published under a new number."""
    session = session_of(context)
    edits = catalogues.roll_back(session.hub(), number)
    put = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is not None]
    deleted = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is None]
    words = f"{len(put)} rows put back, {len(deleted)} deleted: as in catalogue {number}."
    session.screen.show(Text(words), {"catalogue": number, "put": put, "deleted": deleted})
