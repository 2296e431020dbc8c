"""refresh_audiences: the marketers' target lists, made anew when they are due."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hub.audiences.steps.refresh_audiences import AudienceWriter, RefreshAudiences
from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.platform.adapters.file_bucket import Files
from hub.profile.adapters.customer_scan import CustomerScan
from refresh_audiences.settings import RefreshAudiencesSettings


@cache
def settings() -> RefreshAudiencesSettings:
    return read_settings(RefreshAudiencesSettings)


@cache
def refresh_audiences() -> RefreshAudiences:
    given = settings()
    files = Files(given.audiences_bucket)
    return RefreshAudiences(
        store=CatalogueStore(given.catalogue_table, given.catalogue_bucket),
        files=files,
        write_audiences=AudienceWriter(CustomerScan(given.customers_table), files),
        zone=ZoneInfo(given.time_zone),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, refresh_audiences(), settings=settings(), stage="refresh_audiences")
