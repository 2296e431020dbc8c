"""report: makes the daily report of decisions and outcomes, a workbook, once the day is over."""

from functools import cache
from zoneinfo import ZoneInfo

from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.catalogue.domain.catalogue import read_policies
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.history.adapters.decision_archive import Archive
from hub.kernel.json_types import Json
from hub.platform.adapters.file_bucket import Files
from hub.reporting.adapters.excel_workbook import build_workbook
from hub.reporting.adapters.report_mail import ReportMail
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.steps.make_report import DailyReports, MakeReport
from report.settings import ReportSettings


@cache
def settings() -> ReportSettings:
    """The function's environment."""
    return read_settings(ReportSettings)


def build_daily_reports() -> DailyReports:
    """Builds the daily reports, with the segments of the newest catalogue."""
    environment, zone = settings(), ZoneInfo(settings().time_zone)
    store = CatalogueStore(environment.catalogue_table, environment.catalogue_bucket)
    features = find_learner(read_policies(store.load(store.read_newest_number()))).features
    return DailyReports(Archive(environment.archive_bucket), EpisodeFold(zone, features), zone)


@cache
def report_step() -> MakeReport:
    """The step, on S3 and SES."""
    environment = settings()
    to = [address.strip() for address in environment.report_to.split(",") if "@" in address]
    files, zone = Files(environment.reports_bucket), ZoneInfo(environment.time_zone)
    return MakeReport(
        build_daily_reports, files, build_workbook, ReportMail(environment.sender), to, zone
    )


def handler(event: dict[str, Json], _context: object) -> dict[str, Json]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, report_step(), settings=settings(), stage="report")
