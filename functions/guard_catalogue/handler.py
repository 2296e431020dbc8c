"""guard_catalogue: marketers' edits checked, explained on their rows and published."""

from functools import cache, partial
from typing import Any

from hub.adapters import clock
from hub.adapters.archive import Archive
from hub.adapters.catalogue_store import CatalogueStore
from hub.adapters.checking import checking
from hub.adapters.proofs import proofreader
from hub.adapters.recorded import RecordedEvents
from hub.adapters.rollbacks import Rollbacks
from hub.adapters.row_schemas import declared_fields
from hub.adapters.rows import CatalogueRows
from hub.domain.proofreading import Proofread
from hub.domain.publication import Check
from hub.domain.rows import KEYS
from hub.entry.edits import edited, editors
from hub.settings import GuardCatalogueSettings, read
from hub.steps.guard import guard
from hub.steps.rollback import roll_back


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
