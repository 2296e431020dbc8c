"""`segue identity`: a customer's keys, merges and unmerges."""

import time
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from hub.kernel.times import to_iso
from tools.segue import identities, render
from tools.segue.identities import Person, UnmergePreview
from tools.segue.local_home import UserError
from tools.segue.session import get_session

Who = Annotated[str, typer.Argument(help="Their id or any key: an e-mail, +44..., loyalty#12923.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it. Otherwise only show what would change.")]
PATIENCE = 60.0


def add_commands(app: typer.Typer) -> None:
    identity = typer.Typer(help="Who is who: show, merge, unmerge.", no_args_is_help=True)
    identity.command("show")(show)
    identity.command("merge")(merge)
    identity.command("unmerge")(unmerge)
    app.add_typer(identity, name="identity")


def show(context: typer.Context, customer: Who) -> None:
    """Show a customer's keys, whom they absorbed and by which key, and conflicts of keys."""
    session = get_session(context)
    person = identities.find_person(session.hub(), customer)
    session.screen.show(render_person(person), person.to_dict())


def merge(context: typer.Context, survivor: Who, absorbed: Who, *, yes: Yes = False) -> None:
    """Merge two customers. Without --yes it only shows what each is known by."""
    session = get_session(context)
    hub = session.hub()
    one, other = identities.find_person(hub, survivor), identities.find_person(hub, absorbed)
    if why := identities.find_objection(one, other):
        raise UserError(why)
    data = {"survivor": one.to_dict(), "absorbed": other.to_dict(), "done": yes}
    if yes:
        identities.send_merge(one, other)
        wait_until("merged", lambda: identities.read_last_merge(hub, other.customer_id) is not None)
    words = f"{other.customer_id} is now part of {one.customer_id}." if yes else _NOT_CONFIRMED
    session.screen.show(Group(render_person(one), render_person(other), Text(words)), data)


def unmerge(
    context: typer.Context,
    merged: Annotated[
        str, typer.Argument(help="The absorbed customer's id; or any key, if there was only one.")
    ],
    *,
    yes: Yes = False,
) -> None:
    """Undo a merge. Without --yes it only shows what that changes."""
    session = get_session(context)
    hub = session.hub()
    preview = identities.preview_unmerge(hub, merged)
    absorbed = preview.merge.absorbed.customer_id
    if yes:
        identities.send_unmerge(hub, preview)
        wait_until("unmerged", lambda: identities.read_last_merge(hub, absorbed) is None)
    words = f"{absorbed} is a customer of their own again." if yes else _NOT_CONFIRMED
    session.screen.show(
        Group(render_unmerge(preview), Text(words)), {**preview.to_dict(), "done": yes}
    )


_NOT_CONFIRMED = "Nothing was changed: add --yes to do it."


def render_person(person: Person) -> RenderableType:
    rows = [(key, "known by") for key in person.keys]
    rows += [
        (merge.absorbed.customer_id, f"merged {to_iso(merge.at)} by {merge.key or 'hand'}")
        for merge in person.merges
    ]
    rows += [(other, "unmerged by hand") for other in person.cluster.apart]
    rows += [
        (conflict["key"], f"refused {conflict['at']}: {conflict['reason']}")
        for conflict in person.conflicts
    ]
    return Group(
        Text(person.customer_id, style="bold"), render.build_table(("key or customer", ""), rows)
    )


def render_unmerge(preview: UnmergePreview) -> RenderableType:
    data = preview.to_dict()
    rows: list[tuple[str, Any]] = [
        ("merged", f"{data['at']} by {data['key'] or 'hand'}"),
        ("survivor", data["survivor"]),
        ("keys that go back", ", ".join(data["keys_back"]) or "none"),
        ("events since that name the survivor", data["events_of_survivor"]),
        ("events since that go with the absorbed", data["events_of_absorbed"]),
        ("events since that name both or neither, and stay", data["events_that_stay"]),
        ("decisions to be flagged", data["decisions_flagged"]),
    ]
    return Group(Text(data["absorbed"], style="bold"), render.build_table(("what", ""), rows))


def wait_until(what: str, done: Callable[[], bool]) -> None:
    """Wait for the hub. Raises `UserError` after a minute."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise UserError(f"The hub has not {what} them yet: `segue dlq` may show why.")
        time.sleep(0.5)
