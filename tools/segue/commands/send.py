"""`segue send`: sends a payload to the hub."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from tools.segue import entrances as entrance
from tools.segue import sources
from tools.segue.local_home import UserError
from tools.segue.session import get_session


def add_commands(app: typer.Typer) -> None:
    app.command()(send)


def send(
    context: typer.Context,
    *,
    source: Annotated[str, typer.Argument(help="A folder of schemas/sources/.")],
    file: Annotated[str, typer.Argument(help="The payload; - reads the standard input.")],
    delivery: Annotated[
        str, typer.Option("--id", help="The delivery id. The hub drops a repeated one.")
    ] = "",
    timestamp: Annotated[
        str, typer.Option(help="When it was signed: ISO 8601, or seconds since 1970.")
    ] = "",
    bad_signature: Annotated[
        bool, typer.Option("--bad-signature", help="Sign with a wrong secret.")
    ] = False,
    key: Annotated[
        str,
        typer.Option(help="Sign with the secret SOURCE.KEY: `server` is that of servers."),
    ] = "",
    name: Annotated[str, typer.Option(help="The name of the dropped file.")] = "",
) -> None:
    """Send a payload to the hub: a signed webhook, a file, or an event on a bus.

    The exit code is 1 if the hub refuses it.
    """
    session = get_session(context)
    definition = sources.find_source(source)
    hub = session.hub()
    if definition.is_file(file):
        answer = entrance.drop_file(hub, definition, file, name)
    elif definition.is_on_a_bus and not definition.takes_webhooks:
        answer = entrance.put_bus_event(hub, definition, entrance.read_payload(file))
    else:
        posting = entrance.WebhookOptions(delivery, parse_time(timestamp), bad_signature, key)
        answer = entrance.post_webhook(hub, source, entrance.read_payload(file), posting)
    text = Text.assemble(
        (f"{answer.status} ", "green" if answer.is_accepted else "red"), str(answer.body)
    )
    session.screen.show(text, answer.to_dict())
    if not answer.is_accepted:
        raise typer.Exit(1)


def parse_time(text: str) -> datetime | None:
    """Return None for the empty text. Raises `UserError` for a text that is not a time."""
    if not text:
        return None
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (OverflowError, ValueError) as wrong:
        raise UserError(f"--timestamp {text!r} is not a time.") from wrong
