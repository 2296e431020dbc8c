"""`segue ask` and `segue respond`: a decision at once, as a page or an agent's screen asks it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer
import urllib3
from rich.console import Group
from rich.text import Text

from tools.segue import equip
from tools.segue.home import ToldError
from tools.segue.hub import Hub
from tools.segue.render import table
from tools.segue.session import session_of

OK = (200, 202)


def add_to(app: typer.Typer) -> None:
    app.command()(ask)
    app.command()(respond)


def ask(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(help="A key: email#ann@example.com, loyalty#14911.")],
    *,
    placement: Annotated[str, typer.Option(help="Where it is to be shown.")] = "",
    channel: Annotated[str, typer.Option(help="web or screen.")] = "web",
    tag: Annotated[str, typer.Option(help="Only offers with this tag.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10, help="How many offers at most.")] = 3,
) -> None:
    """Ask which offers suit a customer here and now, with content and a reference each."""
    session = session_of(context)
    question = {"customer": customer, "placement": placement, "channel": channel, "tag": tag}
    answer = call(session.hub(), "decisions", {**question, "limit": limit})
    rows = [
        (offer["offer"], offer["name"], next(iter(offer["content"].values()), ""))
        for offer in answer["offers"]
    ]
    shown = Group(table(("offer", "name", "content"), rows), Text(answer["reason"]))
    session.screen.show(shown, answer)


def respond(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The reference that came with an offer.")],
    response: Annotated[str, typer.Argument(help="viewed, clicked, accepted or dismissed.")],
) -> None:
    """Tell what became of an offer that was shown."""
    session = session_of(context)
    said = {"reference": reference, "response": response}
    answer = call(session.hub(), "responses", said)
    session.screen.show(Text(f"accepted as {answer['accepted']}"), answer)


def call(hub: Hub, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Asks with the newest key. Raises `ToldError` with what the hub says is wrong."""
    headers = {**_with_key(hub), "content-type": "application/json"}
    return _told("POST", f"{hub.api}/{what}", body=json.dumps(body), headers=headers)


def view(hub: Hub, namespace: str, value: str) -> dict[str, Any]:
    """The best view of a customer. Raises `ToldError` when nobody is known by that key."""
    path = f"customers/{quote(namespace, safe='')}/{quote(value, safe='')}"
    return _told("GET", f"{hub.api}/{path}", headers=_with_key(hub))


def _with_key(hub: Hub) -> dict[str, str]:
    keys = equip.read(hub, "AskerKeysArn").get("keys")
    if not keys:
        raise ToldError("There is no key to ask with in Secrets Manager yet (AskerKeysArn).")
    return {"authorization": f"Bearer {keys[0]}"}


def _told(method: str, address: str, **request: Any) -> dict[str, Any]:
    answer = urllib3.request(method, address, timeout=30, **request)
    told: dict[str, Any] = json.loads(answer.data)
    if answer.status not in OK:
        raise ToldError(f"The hub refused it: {told.get('error')} ({told.get('field', '')}).")
    return told
