"""guard_catalogue: marketers' edits checked, explained on their rows and published."""

from functools import cache, partial
from typing import Any

from guard_catalogue.settings import GuardCatalogueSettings
from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.catalogue.domain.row_reader import KEYS
from hub.content.domain.proof import Proofread
from hub.content.wiring import proofreader
from hub.entrypoints.catalogue_stream import edited, editors
from hub.entrypoints.settings import read
from hub.history.adapters.decision_archive import Archive
from hub.history.adapters.recorded_events import RecordedEvents
from hub.platform.adapters import clock
from hub.publishing.adapters.catalogue_rows_table import CatalogueRows
from hub.publishing.adapters.rollback_request import Rollbacks
from hub.publishing.adapters.row_json_schemas import declared_fields
from hub.publishing.domain.publication import Check
from hub.publishing.steps.publish_catalogue import guard
from hub.publishing.steps.roll_back_catalogue import roll_back
from hub.publishing.wiring import checking


@cache
def checks() -> tuple[Check, Proofread]:
    return checking(), proofreader(declared_fields())


def handler(event: dict[str, Any], _context: object) -> None:
    given = read(GuardCatalogueSettings)
    if edited(event):
        rows = CatalogueRows({name: (getattr(given, f"{name}_table"), KEYS[name]) for name in KEYS})
        store = CatalogueStore(given.catalogue_table, given.catalogue_bucket)
        recall = RecordedEvents(Archive(given.archive_bucket), clock.now).lately
        check_row, proofread = checks()
        publish = partial(
            guard,
            rows,
            store,
            check_row=check_row,
            proofread=proofread,
            clock=clock.now,
            by=editors(event),
            recall=recall,
        )
        rollbacks = Rollbacks(given.catalogue_table)
        if not roll_back(rows, store, rollbacks, lambda back: publish(restored=back), clock.now):
            publish()
