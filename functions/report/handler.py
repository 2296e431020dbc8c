"""report: what was decided and what came of it, as a workbook once the owner's day is over."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.catalogue.domain.catalogue import policies_of
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.history.adapters.decision_archive import Archive
from hub.platform.adapters.file_bucket import Files
from hub.reporting.adapters.excel_workbook import workbook
from hub.reporting.adapters.report_mail import ReportMail
from hub.reporting.domain.episode_fold import Teller
from hub.reporting.steps.make_report import Days, Reporter
from report.settings import ReportSettings


@cache
def settings() -> ReportSettings:
    return read(ReportSettings)


def days() -> Days:
    """Segments are told apart as the newest catalogue says."""
    given, zone = settings(), ZoneInfo(settings().time_zone)
    store = CatalogueStore(given.catalogue_table, given.catalogue_bucket)
    features = policies_of(store.load(store.newest())).learner.features
    return Days(Archive(given.archive_bucket), Teller(zone, features), zone)


@cache
def reporter() -> Reporter:
    given = settings()
    to = [address.strip() for address in given.report_to.split(",") if "@" in address]
    files, zone = Files(given.reports_bucket), ZoneInfo(given.time_zone)
    return Reporter(days, files, workbook, ReportMail(given.sender), to, zone)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, reporter(), settings=settings(), stage="report")
