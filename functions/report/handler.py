"""report: what was decided and what came of it, as a workbook once the owner's day is over."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hub.adapters.archive import Archive
from hub.adapters.catalogue_store import CatalogueStore
from hub.adapters.files import Files
from hub.adapters.report_mail import ReportMail
from hub.adapters.workbook import workbook
from hub.domain.catalogue import policies_of
from hub.domain.reporting.telling import Teller
from hub.entry.queues import consume
from hub.settings import ReportSettings, read
from hub.steps.report import Days, Reporter


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
