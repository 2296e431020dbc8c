"""`segue up`, `segue run` and `segue stop`: a hub on this machine."""

from typing import Annotated

import typer
from rich.text import Text

from tools.day.run import run_day
from tools.segue import emulator, local_hub
from tools.segue.hub import Hub
from tools.segue.session import Session, get_session

Port = Annotated[int, typer.Option(help="The emulator's port; another one if it is taken.")]
SUGGESTIONS = (
    "explain loyalty#14911",
    "send shop schemas/sources/shop/samples/customer.created.json",
    "tail",
)


def add_commands(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(run)
    app.command()(stop)


def up(context: typer.Context, port: Port = emulator.USUAL_PORT) -> None:
    """Start a hub on this machine and deploy the app. What already runs stays."""
    session = get_session(context)
    hub = local_hub.start_hub(session.local_home, session.screen, port)
    show_addresses(session, hub, {"outputs": dict(hub.outputs)})


def run(context: typer.Context, port: Port = emulator.USUAL_PORT) -> None:
    """Start a hub on this machine, run the retailer's day on it, and leave it running.

    The exit code is 1 if the day did not go as expected.
    """
    session = get_session(context)
    hub = local_hub.start_hub(session.local_home, session.screen, port)
    screen = session.screen
    went_well = run_day(
        hub, session.home.read()["call_centre"], screen.progress if screen.json else screen.out
    )
    show_addresses(session, hub, {"went_well": went_well})
    if not went_well:
        raise typer.Exit(1)


def stop(context: typer.Context) -> None:
    """Stop the hub on this machine, also after a crash. Its data is lost."""
    session = get_session(context)
    ended = local_hub.stop_hub(session.local_home, session.screen)
    session.screen.show(Text("The hub is stopped."), {"ended": ended})


def show_addresses(session: Session, hub: Hub, more: dict[str, object]) -> None:
    """Show the addresses, and what to try next."""
    addresses = {
        "entrance": f"{hub.api}/webhooks/<source>",
        "aws": hub.endpoint,
        "mail": f"{hub.endpoint}/_ministack/ses/messages",
        "call_centre": session.home.read()["call_centre"]["url"],
    }
    lines = ["The hub is running.", *(f"  {name:<12} {url}" for name, url in addresses.items())]
    suggestions = ["Try:", *(f"  .venv/bin/segue {words}" for words in SUGGESTIONS)]
    session.screen.show(Text("\n".join([*lines, *suggestions])), {**addresses, **more})
