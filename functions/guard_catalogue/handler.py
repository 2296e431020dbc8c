"""guard_catalogue: validates marketers' rows, writes problems on them and publishes catalogues."""

from functools import cache, partial

from guard_catalogue.settings import GuardCatalogueSettings
from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.content.domain.proof import Proofread
from hub.content.wiring import build_proofread_template
from hub.entrypoints.catalogue_stream import find_editors, has_manual_edits
from hub.entrypoints.log_records import logger
from hub.entrypoints.settings import read_settings
from hub.history.adapters.decision_archive import Archive
from hub.history.adapters.recorded_events import RecordedEvents
from hub.kernel.json_types import Json
from hub.platform.adapters import clock
from hub.publishing.adapters.catalogue_rows_table import CatalogueRows
from hub.publishing.adapters.rollback_request import RollbackRequests
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from hub.publishing.domain.publication import RowCheck
from hub.publishing.domain.tables import TABLES
from hub.publishing.steps.publish_catalogue import publish_catalogue
from hub.publishing.steps.roll_back_catalogue import roll_back_catalogue
from hub.publishing.wiring import wire_row_check


@cache
def build_checks() -> tuple[RowCheck, Proofread]:
    """Builds what checks a single row and what proofreads a template, once."""
    return wire_row_check(), build_proofread_template(load_declared_fields())


def handler(event: dict[str, Json], _context: object) -> None:
    """Publishes, or rolls back, if a marketer edited the tables; `event` is a DynamoDB stream's."""
    settings = read_settings(GuardCatalogueSettings)
    if has_manual_edits(event):
        rows = CatalogueRows(
            {
                name: (getattr(settings, f"{name}_table"), table.key)
                for name, table in TABLES.items()
            }
        )
        store = CatalogueStore(settings.catalogue_table, settings.catalogue_bucket)
        recall = RecordedEvents(Archive(settings.archive_bucket), clock.now).read_recent
        check_row, proofread = build_checks()
        publish = partial(
            publish_catalogue,
            rows,
            store,
            check_row=check_row,
            proofread=proofread,
            clock=clock.now,
            editors=find_editors(event),
            recall=recall,
            report=_log_trouble,
        )
        rollbacks = RollbackRequests(settings.catalogue_table)
        if not roll_back_catalogue(
            rows, store, rollbacks, lambda restored: publish(restored=restored), clock.now
        ):
            publish()


def _log_trouble(what: str, detail: str) -> None:
    logger.warning(what, extra={"detail": detail})
