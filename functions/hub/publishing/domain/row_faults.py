"""Isolates one row: whatever its content raises becomes a problem of that row."""

from collections.abc import Callable, Iterable

from hub.catalogue.domain.row_reader import Row
from hub.kernel.errors import explain_fault
from hub.publishing.domain.tables import TABLES


def find_row_problems(table: str, row: Row, find: Callable[[Row], Iterable[str]]) -> list[str]:
    """Finds the row's problems with `find`, whatever it raises.

    If it raises, the problem names the attribute without which it does not; otherwise the key.
    Raises what content cannot cause, such as `Unavailable`.
    """
    try:
        return list(find(row))
    except BaseException as error:  # noqa: BLE001 - explain_fault raises what no content causes
        problem = explain_fault(error)
    return [f"{_find_faulty_attribute(table, row, find)} cannot be used: {problem}"]


def _find_faulty_attribute(table: str, row: Row, find: Callable[[Row], Iterable[str]]) -> str:
    key = TABLES[table].key
    for name in (name for name in row if name != key):
        try:
            list(find({other: value for other, value in row.items() if other != name}))
        except BaseException as error:  # noqa: BLE001 - as above
            explain_fault(error)
        else:
            return str(name)
    return key
