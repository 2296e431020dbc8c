"""`segue report`: the figures of the daily workbook."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from hub.catalogue.domain.catalogue import read_policies
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.reporting.adapters.excel_workbook import build_workbook
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.domain.report import Report
from hub.reporting.domain.report_tables import CellValue, ColumnFormat, PeriodReport, ReportTable
from hub.reporting.steps.make_report import PERIOD_DAYS, DailyReports
from tools.segue import catalogues, render
from tools.segue.archived_episodes import open_archive, report_archive_errors
from tools.segue.hub import Hub
from tools.segue.session import get_session


def add_commands(app: typer.Typer) -> None:
    app.command()(report)


def report(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days.")] = PERIOD_DAYS,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day.", show_default="today"),
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write the workbook to this file.")] = None,
) -> None:
    """Show what was decided, what came of it, and what it brought; with --xlsx as a workbook."""
    session = get_session(context)
    hub = session.hub()
    of = create_daily_reports(hub)
    last = day.date() if day else datetime.now(UTC).astimezone(of.zone).date()
    with report_archive_errors(), session.screen.step("Reading the archive") as step:

        def shown(of_day: date) -> Report:
            step.report(str(of_day))
            return of.fold_day(of_day)

        report_of_period = of.fold_period(last, days, shown)
    if xlsx:
        xlsx.write_bytes(build_workbook(report_of_period))
        session.screen.note(f"Wrote {xlsx}")
    session.screen.show(_render_report(report_of_period), report_of_period.to_dict())


def create_daily_reports(hub: Hub) -> DailyReports:
    """Return the daily reports in the owner's time zone, with the current catalogue's segments."""
    zone = ZoneInfo(hub.output("OwnerTimeZone"))
    features = find_learner(read_policies(catalogues.read_current(hub))).features
    return DailyReports(open_archive(hub), EpisodeFold(zone, features), zone)


def _render_report(report_of_period: PeriodReport) -> RenderableType:
    title = Text(
        f"{report_of_period.first} to {report_of_period.last}, days in {report_of_period.zone}",
        style="bold",
    )
    tables = [table for table in report_of_period.build_tables() if table.rows]
    return Group(title, *(piece for table in tables for piece in (Text(), _render_table(table))))


def _render_table(table: ReportTable) -> RenderableType:
    """Return the table without rows and columns that are all zero."""
    columns = [
        at
        for at, kind in enumerate(table.formats)
        if kind is ColumnFormat.TEXT or any(r[at] for r in table.rows)
    ]
    rows = ([_format_cell(row[at], table.formats[at]) for at in columns] for row in table.rows)
    return render.build_table([table.columns[at] for at in columns], rows, table.title)


def _format_cell(value: CellValue, kind: ColumnFormat) -> str:
    if isinstance(value, str):
        return value
    if kind in (ColumnFormat.SHARE, ColumnFormat.POINTS):
        return f"{value:+.1%}" if kind is ColumnFormat.POINTS else f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
