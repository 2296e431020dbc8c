"""refresh_audiences: the marketers' target lists, made anew when they are due."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hub.audiences.steps.refresh_audiences import ListMaker, Refresher
from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.platform.adapters.file_bucket import Files
from hub.profile.adapters.customer_scan import Everybody
from refresh_audiences.settings import RefreshAudiencesSettings


@cache
def settings() -> RefreshAudiencesSettings:
    return read(RefreshAudiencesSettings)


@cache
def refresher() -> Refresher:
    given = settings()
    files = Files(given.audiences_bucket)
    return Refresher(
        store=CatalogueStore(given.catalogue_table, given.catalogue_bucket),
        files=files,
        make=ListMaker(Everybody(given.customers_table), files),
        zone=ZoneInfo(given.time_zone),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, refresher(), settings=settings(), stage="refresh_audiences")
