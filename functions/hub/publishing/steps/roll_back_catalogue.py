"""Rolling back because a marketer says so on the item that names the newest catalogue."""

from collections.abc import Callable, Sequence
from typing import Any

from hub.catalogue.ports import CatalogueStore
from hub.kernel.errors import Rejected
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
    """Does what is wished, if anything is, and says whether it was. May be called any number of
    times: the wish stands until it is answered, and who is cut off begins again.

    `publish` is given the rows that came back, so that no story holds them up.
    """
    asked = requests.read_request()
    if asked is None:
        return False
    newest = store.read_newest_number()
    try:
        number = parse_rollback_number(asked, newest)
        wanted = store.load(number)["rows"]
    except Rejected as rejected:
        requests.complete(asked, {"rollback_refused": rejected.reason})
        return False
    edits = plan_rollback_edits(rows.read_all(), store.load(newest)["rows"], wanted)
    rows.edit(edits)
    publish(wanted)
    requests.complete(asked, {"rolled_back": _describe_result(number, edits, clock)})
    return True


def _describe_result(number: int, edits: Sequence[RowEdit], clock: Clock) -> dict[str, Any]:
    """The first few rows by name: the item has to stay small."""
    put = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is not None]
    deleted = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is None]
    return {
        "to": number,
        "at": to_iso(clock()),
        "edits": len(edits),
        "put": put[:MAX_ROWS_NAMED],
        "deleted": deleted[:MAX_ROWS_NAMED],
    }
