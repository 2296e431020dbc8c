"""`segue attribution`: which sales are owed to what was decided, from the archive."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from hub.history.adapters.decision_archive import Archive
from hub.kernel.money import decimal_places, to_major_units
from hub.measurement.domain.attribution_account import AttributionAccount, build_accounts
from hub.model.episode import RecordedEpisode
from tools.segue import render
from tools.segue.archived_episodes import Window
from tools.segue.hub import Hub
from tools.segue.local_home import UserError
from tools.segue.session import get_session

Days = Annotated[int, typer.Option(min=1, max=400, help="The last so many, today included (UTC).")]


def add_commands(app: typer.Typer) -> None:
    app.command()(attribution)


def attribution(context: typer.Context, days: Days = 7) -> None:
    """Reconcile sales with the decisions they are owed to; ends with 1 where they do not agree."""
    session = get_session(context)
    found = build_accounts(_read_records(session.hub(), Window.from_options(days, None, None)))
    told = {currency: account.to_dict() for currency, account in sorted(found.items())}
    shown = [_render_account(currency, account) for currency, account in sorted(found.items())]
    session.screen.show(Group(*shown) if shown else Text("No sales in these days."), told)
    problems = [problem for account in found.values() for problem in account.find_problems()]
    if problems:
        raise UserError(f"{len(problems)} lines do not agree, the first: {problems[0]}")


def _read_records(hub: Hub, window: Window) -> Iterator[RecordedEpisode]:
    archive = Archive(hub.output("ArchiveBucket"), lambda: hub.s3)
    for day in window.days:
        yield from archive.read_records(day)


def _render_account(currency: str, account: AttributionAccount) -> Group:
    ways = _indent_rows("by", account.by_way)
    offers = _indent_rows(
        "offer", {name or "(none)": owed for name, owed in account.by_offer.items()}
    )
    totals = [
        ("sold", account.sold),
        ("returned", -account.returned),
        ("attributed", account.attributed),
        *ways,
        *offers,
        ("unattributed", account.unattributed),
    ]
    places = decimal_places(currency)
    rows = [(what, f"{to_major_units(amount, currency):.{places}f}") for what, amount in totals]
    return Group(Text(currency, style="bold"), render.build_table(("", "amount"), rows))


def _indent_rows(what: str, sums: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(f"  {what} {name}", amount) for name, amount in sorted(sums.items())]
