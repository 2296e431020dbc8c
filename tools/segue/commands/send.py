"""`segue send`: a payload through the real entrance."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from tools.segue import entrances as entrance
from tools.segue import sources
from tools.segue.local_home import ToldError
from tools.segue.session import session_of


def add_to(app: typer.Typer) -> None:
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
    session = session_of(context)
    known = sources.source(source)
    hub = session.hub()
    if known.drops(file):
        answer = entrance.drop(hub, known, file, name)
    elif known.on_a_bus and not known.takes_webhooks:
        answer = entrance.tell(hub, known, entrance.payload(file))
    else:
        posting = entrance.Posting(delivery, moment(timestamp), bad_signature)
        answer = entrance.post(hub, source, entrance.payload(file), posting)
    text = Text.assemble(
        (f"{answer.status} ", "green" if answer.accepted else "red"), str(answer.body)
    )
    session.screen.show(text, answer.to_dict())
    if not answer.accepted:
        raise typer.Exit(1)


def moment(text: str) -> datetime | None:
    """None for the empty text. Raises `ToldError` for what is no time."""
    if not text:
        return None
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (OverflowError, ValueError) as wrong:
        raise ToldError(f"--timestamp {text!r} is no time.") from wrong
