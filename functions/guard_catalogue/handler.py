"""guard_catalogue: marketers' edits checked, explained on their rows and published."""

from functools import cache, partial
from typing import Any

from guard_catalogue.settings import GuardCatalogueSettings
from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.content.domain.proof import Proofread
from hub.content.wiring import build_proofread_template
from hub.entrypoints.catalogue_stream import find_editors, has_manual_edits
from hub.entrypoints.settings import read_settings
from hub.history.adapters.decision_archive import Archive
from hub.history.adapters.recorded_events import RecordedEvents
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
    return wire_row_check(), build_proofread_template(load_declared_fields())


def handler(event: dict[str, Any], _context: object) -> None:
    given = read_settings(GuardCatalogueSettings)
    if has_manual_edits(event):
        rows = CatalogueRows(
            {name: (getattr(given, f"{name}_table"), table.key) for name, table in TABLES.items()}
        )
        store = CatalogueStore(given.catalogue_table, given.catalogue_bucket)
        recall = RecordedEvents(Archive(given.archive_bucket), clock.now).read_recent
        check_row, proofread = build_checks()
        publish = partial(
            publish_catalogue,
            rows,
            store,
            check_row=check_row,
            proofread=proofread,
            clock=clock.now,
            by=find_editors(event),
            recall=recall,
        )
        rollbacks = RollbackRequests(given.catalogue_table)
        if not roll_back_catalogue(
            rows, store, rollbacks, lambda back: publish(restored=back), clock.now
        ):
            publish()
