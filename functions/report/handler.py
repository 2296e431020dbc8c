"""report: what was decided and what came of it, as a workbook once the owner's day is over."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.catalogue.domain.catalogue import read_policies
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.history.adapters.decision_archive import Archive
from hub.platform.adapters.file_bucket import Files
from hub.reporting.adapters.excel_workbook import build_workbook
from hub.reporting.adapters.report_mail import ReportMail
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.steps.make_report import DailyReports, MakeReport
from report.settings import ReportSettings


@cache
def settings() -> ReportSettings:
    return read_settings(ReportSettings)


def build_daily_reports() -> DailyReports:
    """Segments are told apart as the newest catalogue says."""
    given, zone = settings(), ZoneInfo(settings().time_zone)
    store = CatalogueStore(given.catalogue_table, given.catalogue_bucket)
    features = find_learner(read_policies(store.load(store.read_newest_number()))).features
    return DailyReports(Archive(given.archive_bucket), EpisodeFold(zone, features), zone)


@cache
def report_step() -> MakeReport:
    given = settings()
    to = [address.strip() for address in given.report_to.split(",") if "@" in address]
    files, zone = Files(given.reports_bucket), ZoneInfo(given.time_zone)
    return MakeReport(
        build_daily_reports, files, build_workbook, ReportMail(given.sender), to, zone
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, report_step(), settings=settings(), stage="report")
