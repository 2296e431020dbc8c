"""`segue dlq`, `segue parked`, `segue unknowns`: what did not get through, or may not have, why,
and the way on."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from tools.segue import dead_letter_redrive, dead_letters, render, unknown_actions
from tools.segue import parked_payloads as parking
from tools.segue.session import session_of

Name = Annotated[str, typer.Argument(help="As `segue dlq list` calls it.")]
Source = Annotated[str | None, typer.Option(help="Only those of this source.")]


def add_to(app: typer.Typer) -> None:
    dlq = typer.Typer(help="Dead letters: list (or no word), show why, redrive.")
    dlq.callback(invoke_without_command=True)(letters_alone)
    dlq.command("list")(list_letters)
    dlq.command("show")(show)
    dlq.command("redrive")(redrive)
    app.add_typer(dlq, name="dlq")
    unknowns = typer.Typer(help="Actions that may or may not have been done: list, settle.")
    unknowns.callback(invoke_without_command=True)(unknowns_alone)
    unknowns.command("list")(list_unknowns)
    unknowns.command("settle")(settle)
    app.add_typer(unknowns, name="unknowns")
    parked = typer.Typer(help="Parked deliveries: list (or no word), replay.")
    parked.callback(invoke_without_command=True)(parked_alone)
    parked.command("list")(list_parked)
    parked.command("replay")(replay)
    app.add_typer(parked, name="parked")


def letters_alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_letters(context)


def parked_alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_parked(context)


def unknowns_alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_unknowns(context)


def list_letters(context: typer.Context) -> None:
    """List every queue of dead letters, how many lie there, and since when."""
    session = session_of(context)
    hub = session.hub()
    rows = [
        {
            "name": box.name,
            "letters": count,
            "oldest": dead_letters.oldest(hub, box) if count else "",
        }
        for box, count in dead_letters.standing(hub)
    ]
    shown = render.table(("name", "letters", "oldest seen"), (row.values() for row in rows))
    session.screen.show(shown, rows)


def show(
    context: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many.")] = 10,
) -> None:
    """Show dead letters with stage, reason and correlation id; they stay where they are."""
    session = session_of(context)
    hub = session.hub()
    found = dead_letters.look(hub, dead_letters.box(hub, name), limit)
    texts = [render.letter(letter) for letter in found] or [Text("No letters there.")]
    session.screen.show(Group(*texts), found)


def redrive(context: typer.Context, name: Name) -> None:
    """Send dead letters back to their queue."""
    session = session_of(context)
    hub = session.hub()
    moved = dead_letter_redrive.redrive(hub, dead_letters.box(hub, name))
    session.screen.show(Text(f"{moved} sent back to {name}."), {"redriven": moved})


def list_unknowns(context: typer.Context) -> None:
    """List the actions of which nobody here can know whether they were done, and whom to ask."""
    session = session_of(context)
    rows = list(unknown_actions.unknowns(session.hub()))
    shown = render.table(unknown_actions.COLUMNS, (row.values() for row in rows))
    session.screen.show(shown if rows else Text("Nothing is unknown."), rows)


def settle(
    context: typer.Context,
    action: Annotated[str, typer.Argument(help="The action's id, as `segue unknowns` tells it.")],
    end: Annotated[
        unknown_actions.End, typer.Argument(help="What the provider says became of it.")
    ],
    note: Annotated[str, typer.Option(help="How you know; kept with the outcome.")],
) -> None:
    """Say how an unknown action ended; the customer's record and the budgets follow."""
    session = session_of(context)
    event = unknown_actions.settle(session.hub(), action, end, note, datetime.now(UTC))
    session.screen.show(Text(f"{action} is settled: {event['type']}."), event)


def list_parked(context: typer.Context, source: Source = None) -> None:
    """List deliveries that could not be read, with the field and the reason."""
    session = session_of(context)
    rows = list(parking.parked(session.hub(), source))
    columns = ("source", "delivery_id", "field", "reason", "parked")
    shown = render.table(columns, ([row[c] for c in columns] for row in rows))
    nothing = Text("Nothing is parked.")
    session.screen.show(shown if rows else nothing, [parking.plain(row) for row in rows])


def replay(context: typer.Context, source: Source = None) -> None:
    """Put parked deliveries back on the bus, once their mapping is mended."""
    session = session_of(context)
    count = parking.replay(session.hub(), source)
    session.screen.show(Text(f"{count} back on the bus."), {"replayed": count})
