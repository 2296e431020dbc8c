"""`segue identity`: by which keys a customer is known, who was merged, and the way back."""

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
Yes = Annotated[bool, typer.Option("--yes", help="Do it; otherwise only what it would touch.")]
PATIENCE = 60.0


def add_commands(app: typer.Typer) -> None:
    identity = typer.Typer(help="Who is who: show, merge, unmerge.", no_args_is_help=True)
    identity.command("show")(show)
    identity.command("merge")(merge)
    identity.command("unmerge")(unmerge)
    app.add_typer(identity, name="identity")


def show(context: typer.Context, customer: Who) -> None:
    """Show a customer's keys, who was merged into them by which key, and keys in conflict."""
    session = get_session(context)
    found = identities.find_person(session.hub(), customer)
    session.screen.show(render_person(found), found.to_dict())


def merge(context: typer.Context, survivor: Who, absorbed: Who, *, yes: Yes = False) -> None:
    """Make one customer of two. Shows what each is known by; does it with --yes."""
    session = get_session(context)
    hub = session.hub()
    one, other = identities.find_person(hub, survivor), identities.find_person(hub, absorbed)
    if why := identities.find_objection(one, other):
        raise UserError(why)
    told = {"survivor": one.to_dict(), "absorbed": other.to_dict(), "done": yes}
    if yes:
        identities.send_merge(one, other)
        wait_until("merged", lambda: identities.read_last_merge(hub, other.customer_id) is not None)
    words = f"{other.customer_id} is one with {one.customer_id} now." if yes else _NOT_CONFIRMED
    session.screen.show(Group(render_person(one), render_person(other), Text(words)), told)


def unmerge(
    context: typer.Context,
    merged: Annotated[
        str, typer.Argument(help="Who was merged, by id; or any key, if it was only one.")
    ],
    *,
    yes: Yes = False,
) -> None:
    """Make two customers of one again. Shows what that touches; does it with --yes."""
    session = get_session(context)
    hub = session.hub()
    found = identities.preview_unmerge(hub, merged)
    absorbed = found.merge.absorbed.customer_id
    if yes:
        identities.send_unmerge(hub, found)
        wait_until("unmerged", lambda: identities.read_last_merge(hub, absorbed) is None)
    words = f"{absorbed} is a customer of their own again." if yes else _NOT_CONFIRMED
    session.screen.show(Group(render_unmerge(found), Text(words)), {**found.to_dict(), "done": yes})


_NOT_CONFIRMED = "Nothing was changed: say it again with --yes."


def render_person(person: Person) -> RenderableType:
    rows = [(key, "known by") for key in person.keys]
    rows += [
        (merge.absorbed.customer_id, f"merged {to_iso(merge.at)} by {merge.key or 'hand'}")
        for merge in person.merges
    ]
    rows += [(other, "told apart by hand") for other in person.cluster.apart]
    rows += [
        (found["key"], f"gave way {found['at']}: {found['reason']}") for found in person.conflicts
    ]
    return Group(
        Text(person.customer_id, style="bold"), render.build_table(("key or customer", ""), rows)
    )


def render_unmerge(found: UnmergePreview) -> RenderableType:
    told = found.to_dict()
    rows: list[tuple[str, Any]] = [
        ("merged", f"{told['at']} by {told['key'] or 'hand'}"),
        ("survivor", told["survivor"]),
        ("keys that go back", ", ".join(told["keys_back"]) or "none"),
        ("events since that name the survivor", told["events_of_survivor"]),
        ("events since that go with the absorbed", told["events_of_absorbed"]),
        ("events since that cannot be told apart, and stay", told["events_that_stay"]),
        ("decisions to be flagged", told["decisions_flagged"]),
    ]
    return Group(Text(told["absorbed"], style="bold"), render.build_table(("what", ""), rows))


def wait_until(what: str, done: Callable[[], bool]) -> None:
    """Raises `UserError` when the hub has not done it within a minute."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise UserError(f"The hub has not {what} them yet: `segue dlq` may tell why.")
        time.sleep(0.5)
