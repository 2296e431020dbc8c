"""`segue dlq`, `segue parked`, `segue unknowns`: what failed, or may have failed, and why."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from tools.segue import dead_letter_redrive, dead_letters, render, unknown_actions
from tools.segue import parked_payloads as parking
from tools.segue.session import get_session

Name = Annotated[str, typer.Argument(help="As `segue dlq list` calls it.")]
Source = Annotated[str | None, typer.Option(help="Only those of this source.")]


def add_commands(app: typer.Typer) -> None:
    dlq = typer.Typer(help="Dead letters: list (or no word), show why, redrive.")
    dlq.callback(invoke_without_command=True)(default_to_list_letters)
    dlq.command("list")(list_letters)
    dlq.command("show")(show)
    dlq.command("redrive")(redrive)
    app.add_typer(dlq, name="dlq")
    unknowns = typer.Typer(help="Actions that may or may not have been done: list, settle.")
    unknowns.callback(invoke_without_command=True)(default_to_list_unknowns)
    unknowns.command("list")(list_unknowns)
    unknowns.command("settle")(settle)
    app.add_typer(unknowns, name="unknowns")
    parked = typer.Typer(help="Parked payloads: list (or no word), replay.")
    parked.callback(invoke_without_command=True)(default_to_list_parked)
    parked.command("list")(list_parked)
    parked.command("replay")(replay)
    app.add_typer(parked, name="parked")


def default_to_list_letters(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_letters(context)


def default_to_list_parked(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_parked(context)


def default_to_list_unknowns(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_unknowns(context)


def list_letters(context: typer.Context) -> None:
    """List every queue of dead letters: how many it holds, and since when."""
    session = get_session(context)
    hub = session.hub()
    rows = [
        {
            "name": box.name,
            "letters": count,
            "oldest": dead_letters.find_oldest(hub, box) if count else "",
        }
        for box, count in dead_letters.count_letters(hub)
    ]
    table = render.build_table(("name", "letters", "oldest seen"), (row.values() for row in rows))
    session.screen.show(table, rows)


def show(
    context: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 10,
) -> None:
    """Show dead letters with stage, reason and correlation id. They stay in their queue."""
    session = get_session(context)
    hub = session.hub()
    letters = dead_letters.read_letters(hub, dead_letters.find_queue(hub, name), limit)
    texts = [render.render_letter(letter) for letter in letters] or [Text("There are no letters.")]
    session.screen.show(Group(*texts), letters)


def redrive(context: typer.Context, name: Name) -> None:
    """Send dead letters back to their queue, or what they hold to whoever reads their stream."""
    session = get_session(context)
    hub = session.hub()
    moved = dead_letter_redrive.redrive(hub, dead_letters.find_queue(hub, name))
    session.screen.show(Text(f"{moved} sent back to {name}."), {"redriven": moved})


def list_unknowns(context: typer.Context) -> None:
    """List the actions of which the hub does not know whether they were done, and whom to ask."""
    session = get_session(context)
    rows = list(unknown_actions.list_unknowns(session.hub()))
    table = render.build_table(unknown_actions.COLUMNS, (row.values() for row in rows))
    session.screen.show(table if rows else Text("Nothing is unknown."), rows)


def settle(
    context: typer.Context,
    action: Annotated[str, typer.Argument(help="The action's id, as `segue unknowns` shows it.")],
    end: Annotated[
        unknown_actions.ActionEnd, typer.Argument(help="How it ended, as the provider says.")
    ],
    note: Annotated[str, typer.Option(help="How you know; kept with the outcome.")],
) -> None:
    """Record how an unknown action ended. The customer's profile and the budgets follow."""
    session = get_session(context)
    event = unknown_actions.settle_action(session.hub(), action, end, note, datetime.now(UTC))
    session.screen.show(Text(f"{action} is settled: {event['type']}."), event)


def list_parked(context: typer.Context, source: Source = None) -> None:
    """List payloads that could not be read, with the field and the reason."""
    session = get_session(context)
    rows = list(parking.list_parked(session.hub(), source))
    columns = ("source", "delivery_id", "field", "reason", "parked")
    table = render.build_table(columns, ([row[c] for c in columns] for row in rows))
    nothing = Text("Nothing is parked.")
    session.screen.show(table if rows else nothing, [parking.to_json_row(row) for row in rows])


def replay(context: typer.Context, source: Source = None) -> None:
    """Put parked payloads back on the bus, after their mapping was corrected."""
    session = get_session(context)
    count = parking.replay_parked(session.hub(), source)
    session.screen.show(Text(f"{count} back on the bus."), {"replayed": count})
