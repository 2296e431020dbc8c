"""`segue catalogue` and `segue rollback`: the published catalogues."""

from typing import Annotated

import typer
from rich.text import Text

from tools.segue import catalogues, render
from tools.segue.session import get_session


def add_commands(app: typer.Typer) -> None:
    app.command()(catalogue)
    app.command()(rollback)


def catalogue(
    context: typer.Context,
    last: Annotated[int, typer.Option(min=1, max=100, help="How many of the newest.")] = 10,
) -> None:
    """List the last published catalogues: number, time, editors, and what each changed."""
    session = get_session(context)
    publications = list(catalogues.list_publications(session.hub(), last))
    lines = (
        (p["number"], p["at"], ", ".join(p["by"] or ()), catalogues.format_changes(p["changes"]))
        for p in publications
    )
    session.screen.show(
        render.build_table(("number", "published", "by", "changes"), lines), publications
    )


def rollback(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="As `segue catalogue` lists it.")],
) -> None:
    """Put the rows of an earlier catalogue back; they are published under a new number."""
    session = get_session(context)
    answer = catalogues.roll_back(session.hub(), number)
    words = f"{answer['edits']} rows put back or deleted: everything is as in catalogue {number}."
    names = {name: answer[name] for name in ("edits", "put", "deleted")}
    session.screen.show(Text(words), {"catalogue": number, **names})
