"""Rolling back because a marketer says so on the item that names the newest catalogue."""

from collections.abc import Callable, Sequence
from typing import Any

from hub.catalogue.ports import CatalogueStore
from hub.kernel.errors import Rejected
from hub.kernel.times import iso
from hub.platform.ports import Clock
from hub.publishing.domain.catalogue_diff import Edit, edits_back, number_wished
from hub.publishing.domain.row_validation import Tables
from hub.publishing.ports import CatalogueRows, Rollbacks

NAMED = 100


def roll_back(
    rows: CatalogueRows,
    store: CatalogueStore,
    rollbacks: Rollbacks,
    publish: Callable[[Tables], object],
    clock: Clock,
) -> bool:
    """Does what is wished, if anything is, and says whether it was. May be called any number of
    times: the wish stands until it is answered, and who is cut off begins again.

    `publish` is given the rows that came back, so that no story holds them up.
    """
    asked = rollbacks.asked()
    if asked is None:
        return False
    newest = store.newest()
    try:
        number = number_wished(asked, newest)
        wanted = store.load(number)["rows"]
    except Rejected as rejected:
        rollbacks.answer(asked, {"rollback_refused": rejected.reason})
        return False
    edits = edits_back(rows.all(), store.load(newest)["rows"], wanted)
    rows.edit(edits)
    publish(wanted)
    rollbacks.answer(asked, {"rolled_back": _told(number, edits, clock)})
    return True


def _told(number: int, edits: Sequence[Edit], clock: Clock) -> dict[str, Any]:
    """The first few rows by name: the item has to stay small."""
    put = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is not None]
    deleted = [f"{edit.table}/{edit.key}" for edit in edits if edit.row is None]
    return {
        "to": number,
        "at": iso(clock()),
        "edits": len(edits),
        "put": put[:NAMED],
        "deleted": deleted[:NAMED],
    }
