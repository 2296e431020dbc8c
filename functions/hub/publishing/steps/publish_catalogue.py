"""The guard: from what marketers typed to the catalogue that decides, with a note on every row."""

from collections.abc import Collection, Sequence

from hub.catalogue.domain.catalogue import EMPTY
from hub.catalogue.domain.compiled_catalogue import pack
from hub.catalogue.ports import CatalogueStore
from hub.content.domain.proof import Proofread, trusting
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.model.episode import Recorded
from hub.platform.ports import Clock
from hub.publishing.domain.linting.match_rate import Recall, nothing_recorded
from hub.publishing.domain.publication import Check, Publication, publish
from hub.publishing.domain.restrictive_changes import NOT_ROLLED_BACK
from hub.publishing.domain.row_validation import Tables
from hub.publishing.ports import CatalogueRows

ATTEMPTS = 5


def guard(
    rows: CatalogueRows,
    store: CatalogueStore,
    *,
    check_row: Check,
    clock: Clock,
    proofread: Proofread = trusting,
    by: Collection[str] = (),
    restored: Tables = NOT_ROLLED_BACK,
    recall: Recall = nothing_recorded,
) -> Publication:
    """Publishes what changed and tells it on the rows; may be called at any time, any number of
    times. Raises `Conflict` if others published first `ATTEMPTS` times in a row."""
    for _ in range(ATTEMPTS):
        # Number first, rows second: rows read earlier must not be published over a later reading.
        number = store.newest()
        previous = store.load(number) if number else EMPTY
        publication = publish(
            rows.all(),
            previous,
            clock(),
            check_row,
            proofread,
            by=by,
            restored=restored,
            recall=_as_advice(recall),
        )
        try:
            if publication.snapshot:
                store.publish(number + 1, publication.snapshot, pack(publication.snapshot))
            elif number and store.artifact(number) is None:
                # Another release published it, or its guard was cut off before it got this far.
                store.prepare(number, pack(previous))
        except Conflict:
            continue
        for note in publication.notes:
            rows.note(note.table, note.key, note.published)
        return publication
    raise Conflict("others keep publishing the catalogue")


def _as_advice(recall: Recall) -> Recall:
    """What cannot be recalled keeps nothing from being published."""

    def recalled(event_type: str) -> Sequence[Recorded]:
        try:
            return recall(event_type)
        except (Rejected, Unavailable):
            return ()

    return recalled
