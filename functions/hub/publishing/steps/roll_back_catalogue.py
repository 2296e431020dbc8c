"""Rolls back to an earlier catalogue at a marketer's request."""

from collections.abc import Callable, Sequence

from hub.catalogue.ports import CatalogueStore
from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json
from hub.kernel.times import to_iso
from hub.platform.ports import Clock
from hub.publishing.domain.catalogue_diff import RowEdit, parse_rollback_number, plan_rollback_edits
from hub.publishing.domain.row_validation import CatalogueTables
from hub.publishing.ports import CatalogueRows, RollbackRequests

MAX_ROWS_NAMED = 100


def roll_back_catalogue(
    rows: CatalogueRows,
    store: CatalogueStore,
    requests: RollbackRequests,
    publish: Callable[[CatalogueTables], object],
    clock: Clock,
) -> bool:
    """Rolls back if there is a valid request. Returns whether it did.

    It may run any number of times: the request stays until it is complete, and a run that was
    interrupted starts again. `publish` gets the restored rows, so that no story holds them back.
    """
    request = requests.read_request()
    if request is None:
        return False
    newest = store.read_newest_number()
    try:
        number = parse_rollback_number(request, newest)
        wanted = store.load(number)["rows"]
    except Rejected as rejected:
        requests.complete(request, {"rollback_refused": rejected.reason})
        return False
    edits = plan_rollback_edits(rows.read_all(), store.load(newest)["rows"], wanted)
    rows.edit(edits)
    publish(wanted)
    requests.complete(request, {"rolled_back": _describe_result(number, edits, clock)})
    return True


def _describe_result(number: int, edits: Sequence[RowEdit], clock: Clock) -> dict[str, Json]:
    """Names only the first rows, because the item has to stay small."""
    put = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is not None]
    deleted = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is None]
    return {
        "to": number,
        "at": to_iso(clock()),
        "edits": len(edits),
        "put": put[:MAX_ROWS_NAMED],
        "deleted": deleted[:MAX_ROWS_NAMED],
    }
