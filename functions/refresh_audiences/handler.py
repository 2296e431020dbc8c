"""refresh_audiences: the marketers' target lists, made anew when they are due."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hub.adapters.catalogue_store import CatalogueStore
from hub.adapters.everybody import Everybody
from hub.adapters.files import Files
from hub.entry.queues import consume
from hub.settings import RefreshAudiencesSettings, read
from hub.steps.audiences import ListMaker, Refresher


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
