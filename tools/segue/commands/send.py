"""`segue send`: a payload through the real entrance."""

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
        str, typer.Option("--id", help="The delivery's id: the same again is a repeat.")
    ] = "",
    timestamp: Annotated[
        str, typer.Option(help="When it was signed: ISO 8601, or seconds since 1970.")
    ] = "",
    bad_signature: Annotated[
        bool, typer.Option("--bad-signature", help="Sign with a wrong secret.")
    ] = False,
    name: Annotated[str, typer.Option(help="What a dropped file is to be called.")] = "",
) -> None:
    """Send a payload through the real entrance: a signed webhook, a file drop, an event on a bus.

    The exit code is 1 when the entrance refused it.
    """
    session = get_session(context)
    known = sources.find_source(source)
    hub = session.hub()
    if known.is_file(file):
        answer = entrance.drop_file(hub, known, file, name)
    elif known.is_on_a_bus and not known.takes_webhooks:
        answer = entrance.put_bus_event(hub, known, entrance.read_payload(file))
    else:
        posting = entrance.WebhookOptions(delivery, parse_time(timestamp), bad_signature)
        answer = entrance.post_webhook(hub, source, entrance.read_payload(file), posting)
    text = Text.assemble(
        (f"{answer.status} ", "green" if answer.is_accepted else "red"), str(answer.body)
    )
    session.screen.show(text, answer.to_dict())
    if not answer.is_accepted:
        raise typer.Exit(1)


def parse_time(text: str) -> datetime | None:
    """None for the empty text. Raises `UserError` for what is no time."""
    if not text:
        return None
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (OverflowError, ValueError) as wrong:
        raise UserError(f"--timestamp {text!r} is no time.") from wrong
