"""`segue attribution`: which sales are attributed to decisions, from the archive."""

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

Days = Annotated[int, typer.Option(min=1, max=400, help="How many days, today included (UTC).")]


def add_commands(app: typer.Typer) -> None:
    app.command()(attribution)


def attribution(context: typer.Context, days: Days = 7) -> None:
    """Reconcile sales with their decisions; the exit code is 1 if they differ."""
    session = get_session(context)
    accounts = build_accounts(_read_records(session.hub(), Window.from_options(days, None, None)))
    data = {currency: account.to_dict() for currency, account in sorted(accounts.items())}
    tables = [_render_account(currency, account) for currency, account in sorted(accounts.items())]
    session.screen.show(Group(*tables) if tables else Text("No sales in these days."), data)
    problems = [problem for account in accounts.values() for problem in account.find_problems()]
    if problems:
        raise UserError(f"{len(problems)} lines do not agree. The first: {problems[0]}")


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
