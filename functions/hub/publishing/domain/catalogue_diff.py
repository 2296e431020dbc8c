"""Between two published catalogues: what changed, and the edits that lead back to the older one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.catalogue.domain.row_reader import Row, RowReader
from hub.kernel.errors import Rejected
from hub.publishing.domain.tables import TABLES

CatalogueTables = Mapping[str, Mapping[str, Row]]
"""A snapshot's rows: table -> key -> row."""


@dataclass(frozen=True, slots=True)
class RowEdit:
    """`row` takes the place of what stands in the table under `key`; None deletes it."""

    table: str
    key: str
    row: Row | None


def diff_catalogues(old: CatalogueTables, new: CatalogueTables) -> dict[str, dict[str, list[str]]]:
    """Table -> `added`, `changed`, `removed` -> keys, without what is empty."""
    found = {table: _diff_table(old.get(table, {}), new.get(table, {})) for table in {**old, **new}}
    return {table: kinds for table, kinds in found.items() if kinds}


def _diff_table(old: Mapping[str, Row], new: Mapping[str, Row]) -> dict[str, list[str]]:
    kinds = {
        "added": sorted(new.keys() - old.keys()),
        "changed": sorted(key for key in new.keys() & old.keys() if new[key] != old[key]),
        "removed": sorted(old.keys() - new.keys()),
    }
    return {kind: keys for kind, keys in kinds.items() if keys}


def parse_rollback_number(request: object, newest: int) -> int:
    """The catalogue that somebody wishes to roll back to. Raises `Rejected` in plain words for what
    is none."""
    reader = RowReader({"roll_back_to": request})
    number = reader.read_whole_number("roll_back_to")
    reader.raise_if_invalid()
    if not 1 <= number <= newest:
        raise Rejected(f"There is no catalogue {number}: the newest is {newest}.")
    return number


def plan_rollback_edits(
    rows: Mapping[str, list[dict[str, Any]]], newest: CatalogueTables, wanted: CatalogueTables
) -> list[RowEdit]:
    """What makes the tables say again what was published as `wanted`.

    Rows that were published since are deleted, and stay in the catalogues in which they were; rows
    that never were published, such as one that a marketer is still mending, are left alone, and run
    as soon as they are good.
    References hold at every moment: what rules refer to comes before them and goes after them.
    """
    standing = {
        name: {str(row[table.key]): table.tidy(row) for row in rows.get(name, ())}
        for name, table in TABLES.items()
    }
    order = [*reversed([*TABLES])]
    put = [edit for table in order for edit in _plan_puts(table, standing[table], wanted)]
    gone = [
        edit
        for table in reversed(order)
        for edit in _plan_deletions(table, standing[table], newest, wanted)
    ]
    return put + gone


def _plan_puts(
    table: str, standing: Mapping[str, Row], wanted: CatalogueTables
) -> Iterator[RowEdit]:
    for key, row in wanted.get(table, {}).items():
        if standing.get(key) != row:
            yield RowEdit(table, key, row)


def _plan_deletions(
    table: str, standing: Mapping[str, Row], newest: CatalogueTables, wanted: CatalogueTables
) -> Iterator[RowEdit]:
    for key in newest.get(table, {}).keys() - wanted.get(table, {}).keys():
        if key in standing:
            yield RowEdit(table, key, None)
