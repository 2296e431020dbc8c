"""`segue tail`, `segue customer`, `segue explain`, `segue balance`: what the hub did, and why."""

import signal
from typing import Annotated

import typer

from tools.segue import balance as balances
from tools.segue import bus_timeline as timeline
from tools.segue import decision_api, render
from tools.segue import explanation as explanations
from tools.segue.session import get_session


def add_commands(app: typer.Typer) -> None:
    app.command()(tail)
    app.command()(customer)
    app.command()(explain)
    app.command()(balance)


def tail(
    context: typer.Context,
    seconds: Annotated[
        float, typer.Option("--for", min=0, help="End after so many seconds.", show_default="never")
    ] = 0,
) -> None:
    """Show events, decisions, actions and outcomes as they happen; Ctrl-C ends it."""
    session = get_session(context)
    hub = session.hub()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with timeline.subscribe(hub) as url:
            session.screen.note("Listening to the hub's bus")
            for envelope in timeline.receive_envelopes(hub, url, seconds):
                for line in timeline.describe_envelope(envelope):
                    session.screen.show(render.render_timeline_line(line), line)
    except KeyboardInterrupt:
        session.screen.note("No longer listening")


def customer(
    context: typer.Context,
    key: Annotated[
        str, typer.Argument(help="Their id or any key: an e-mail, +44..., loyalty#12923.")
    ],
) -> None:
    """Show the single customer view: each block, its source and its time.

    GET /customers/{namespace}/{value} returns the same.
    """
    session = get_session(context)
    hub = session.hub()
    view = decision_api.get_customer(hub, *explanations.find_strongest_key(hub, key))
    session.screen.show(render.render_customer_view(view), view)


def explain(
    context: typer.Context,
    customer: Annotated[
        str, typer.Argument(help="Their id or any key: an e-mail, +44..., loyalty#12923.")
    ],
    last: Annotated[int, typer.Option(min=1, max=100, help="How many decisions.")] = 5,
) -> None:
    """Show a customer's profile, the decisions about them, the reasons, and the outcomes."""
    session = get_session(context)
    explanation = explanations.explain_customer(session.hub(), customer, last)
    session.screen.show(render.render_explanation(explanation), explanation.to_dict())


def balance(context: typer.Context) -> None:
    """Count how every event and every action ended. It scans whole tables."""
    session = get_session(context)
    counted = balances.compute_balance(session.hub())
    session.screen.show(render.render_balance(counted), counted.to_dict())
