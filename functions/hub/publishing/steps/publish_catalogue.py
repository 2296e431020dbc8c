"""Publishes the next catalogue from the marketers' rows and writes the result on every row."""

from collections.abc import Callable, Collection, Sequence

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT
from hub.catalogue.domain.compiled_catalogue import compile_catalogue
from hub.catalogue.ports import CatalogueStore
from hub.content.domain.proof import Proofread, skip_proofreading
from hub.kernel.errors import Conflict, Rejected, Unavailable, explain_fault
from hub.model.episode import RecordedEpisode
from hub.platform.ports import Clock
from hub.publishing.domain.linting.match_rate import RecallEpisodes, recall_nothing
from hub.publishing.domain.publication import Publication, RowCheck, publish
from hub.publishing.domain.restrictive_changes import NO_ROLLBACK
from hub.publishing.domain.row_feedback import RowFeedback
from hub.publishing.domain.row_validation import CatalogueTables
from hub.publishing.ports import CatalogueRows

MAX_ATTEMPTS = 5
ReportTrouble = Callable[[str, str], None]
"""Gets what happened, and to which row or why."""


def ignore_trouble(_what: str, _detail: str) -> None:
    """The `ReportTrouble` of a run that nobody watches."""


def publish_catalogue(
    rows: CatalogueRows,
    store: CatalogueStore,
    *,
    check_row: RowCheck,
    clock: Clock,
    proofread: Proofread = skip_proofreading,
    editors: Collection[str] = (),
    restored: CatalogueTables = NO_ROLLBACK,
    recall: RecallEpisodes = recall_nothing,
    report: ReportTrouble = ignore_trouble,
) -> Publication:
    """Publishes the changes and writes feedback on the rows.

    Only this row's feedback is missing if DynamoDB does not take it, as on a row of nearly 400 KB.
    `report` gets what went wrong beside the publication.

    It may run at any time, any number of times. The other parameters are those of
    `hub.publishing.domain.publication.publish`. Raises `Conflict` if others published first
    `MAX_ATTEMPTS` times in a row."""
    for _ in range(MAX_ATTEMPTS):
        # Number first, rows second: rows read earlier must not be published over a later reading.
        number = store.read_newest_number()
        previous = store.load(number) if number else EMPTY_SNAPSHOT
        publication = publish(
            rows.read_all(),
            previous,
            clock(),
            check_row,
            proofread,
            editors=editors,
            restored=restored,
            recall=_tolerate_failures(recall, report),
        )
        try:
            if publication.snapshot:
                store.publish(number + 1, publication.snapshot, publication.artifact)
            elif number and store.load_compiled(number) is None:
                # Another release published it, or its publisher stopped before it got this far.
                store.store_compiled(number, compile_catalogue(previous))
        except Conflict:
            continue
        for feedback in publication.feedback:
            _write_feedback(rows, feedback, report)
        return publication
    raise Conflict("others kept publishing the catalogue first")


def _write_feedback(rows: CatalogueRows, feedback: RowFeedback, report: ReportTrouble) -> None:
    try:
        rows.write_feedback(feedback.table, feedback.key, feedback.published)
    except Rejected:
        report("feedback not written", f"{feedback.table}/{feedback.key}")


def _tolerate_failures(recall: RecallEpisodes, report: ReportTrouble) -> RecallEpisodes:
    """Makes `recall` return nothing if the archive cannot be read, so that publishing goes on."""

    def try_to_recall(event_type: str) -> Sequence[RecordedEpisode]:
        try:
            return recall(event_type)
        except Unavailable as error:
            report("recorded events not read", error.reason)
        except BaseException as error:  # noqa: BLE001 - explain_fault raises what no record causes
            report("recorded events not read", explain_fault(error))
        return ()

    return try_to_recall
