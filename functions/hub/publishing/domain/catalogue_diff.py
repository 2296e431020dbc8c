"""Compares two published catalogues and plans the edits that lead back to the older one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.catalogue.domain.row_reader import Row, RowReader
from hub.kernel.errors import Rejected, explain_fault
from hub.kernel.json_types import Json
from hub.publishing.domain.tables import TABLES

CatalogueTables = Mapping[str, Mapping[str, Row]]
"""A snapshot's rows: table -> key -> row."""


@dataclass(frozen=True, slots=True)
class RowEdit:
    """Replaces the row with this `key` in the table by `row`; None deletes it."""

    table: str
    key: str
    row: Row | None


def diff_catalogues(old: CatalogueTables, new: CatalogueTables) -> dict[str, dict[str, list[str]]]:
    """Compares two catalogues: table -> `added`, `changed` or `removed` -> keys."""
    tables = {
        table: _diff_table(old.get(table, {}), new.get(table, {})) for table in {**old, **new}
    }
    return {table: kinds for table, kinds in tables.items() if kinds}


def _diff_table(old: Mapping[str, Row], new: Mapping[str, Row]) -> dict[str, list[str]]:
    kinds = {
        "added": sorted(new.keys() - old.keys()),
        "changed": sorted(key for key in new.keys() & old.keys() if new[key] != old[key]),
        "removed": sorted(old.keys() - new.keys()),
    }
    return {kind: keys for kind, keys in kinds.items() if keys}


def parse_rollback_number(request: object, newest: int) -> int:
    """Reads the number of the catalogue to roll back to. Raises `Rejected` if it does not exist."""
    reader = RowReader({"roll_back_to": request})
    number = reader.read_whole_number("roll_back_to")
    reader.raise_if_invalid()
    if not 1 <= number <= newest:
        raise Rejected(f"There is no catalogue {number}: the newest is {newest}.")
    return number


def plan_rollback_edits(
    rows: Mapping[str, list[dict[str, Json]]], newest: CatalogueTables, wanted: CatalogueTables
) -> list[RowEdit]:
    """Plans the edits that bring the tables back to the catalogue `wanted`.

    Rows that were published since are deleted; the catalogues that have them keep them. Rows that
    never were published, such as one that a marketer is still correcting, stay and run as soon as
    they are valid. References are valid at every moment: the rows that rules name are written
    before the rules and deleted after them.
    """
    current = {
        name: {str(row[table.key]): _tidy(name, row) for row in rows.get(name, ())}
        for name, table in TABLES.items()
    }
    order = [*reversed([*TABLES])]
    puts = [edit for table in order for edit in _plan_puts(table, current[table], wanted)]
    deletions = [
        edit
        for table in reversed(order)
        for edit in _plan_deletions(table, current[table], newest, wanted)
    ]
    return puts + deletions


def _tidy(table: str, row: Row) -> Row | None:
    """Returns the row as it is published; None for one that cannot be read, which is replaced."""
    try:
        return TABLES[table].tidy(row)
    except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
        explain_fault(error)
        return None


def _plan_puts(
    table: str, current: Mapping[str, Row | None], wanted: CatalogueTables
) -> Iterator[RowEdit]:
    for key, row in wanted.get(table, {}).items():
        if current.get(key) != row:
            yield RowEdit(table, key, row)


def _plan_deletions(
    table: str, current: Mapping[str, Row | None], newest: CatalogueTables, wanted: CatalogueTables
) -> Iterator[RowEdit]:
    for key in newest.get(table, {}).keys() - wanted.get(table, {}).keys():
        if key in current:
            yield RowEdit(table, key, None)
