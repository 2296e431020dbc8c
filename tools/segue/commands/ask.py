"""`segue ask` and `segue respond`: offers on request, as a page or an agent asks for them."""

from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from tools.segue import decision_api
from tools.segue.render import build_table
from tools.segue.session import get_session


def add_commands(app: typer.Typer) -> None:
    app.command()(ask)
    app.command()(respond)


def ask(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(help="A key: email#ann@example.com, loyalty#14911.")],
    *,
    placement: Annotated[str, typer.Option(help="Where the offer is shown.")] = "",
    channel: Annotated[str, typer.Option(help="web or screen.")] = "web",
    tag: Annotated[str, typer.Option(help="Only offers with this tag.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10, help="How many offers at most.")] = 3,
) -> None:
    """Ask which offers suit a customer here and now, with content and a reference each."""
    session = get_session(context)
    question = {"customer": customer, "placement": placement, "channel": channel, "tag": tag}
    answer = decision_api.post(session.hub(), "decisions", {**question, "limit": limit})
    rows = [
        (offer["offer"], offer["name"], next(iter(offer["content"].values()), ""))
        for offer in answer["offers"]
    ]
    output = Group(build_table(("offer", "name", "content"), rows), Text(answer["reason"]))
    session.screen.show(output, answer)


def respond(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The reference that came with an offer.")],
    response: Annotated[str, typer.Argument(help="viewed, clicked, accepted or dismissed.")],
) -> None:
    """Report what a customer did about an offer."""
    session = get_session(context)
    body = {"reference": reference, "response": response}
    answer = decision_api.post(session.hub(), "responses", body)
    session.screen.show(Text(f"accepted as {answer['accepted']}"), answer)
