"""Between two published catalogues: what changed, and the edits that lead back to the older one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.catalogue.domain.row_reader import KEYS, Row, RowReader, tidy
from hub.kernel.errors import Rejected

Tables = Mapping[str, Mapping[str, Row]]
"""A snapshot's rows: table -> key -> row."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`row` takes the place of what stands in the table under `key`; None deletes it."""

    table: str
    key: str
    row: Row | None


def changes(old: Tables, new: Tables) -> dict[str, dict[str, list[str]]]:
    """Table -> `added`, `changed`, `removed` -> keys, without what is empty."""
    found = {table: _of_one(old.get(table, {}), new.get(table, {})) for table in {**old, **new}}
    return {table: kinds for table, kinds in found.items() if kinds}


def _of_one(old: Mapping[str, Row], new: Mapping[str, Row]) -> dict[str, list[str]]:
    kinds = {
        "added": sorted(new.keys() - old.keys()),
        "changed": sorted(key for key in new.keys() & old.keys() if new[key] != old[key]),
        "removed": sorted(old.keys() - new.keys()),
    }
    return {kind: keys for kind, keys in kinds.items() if keys}


def number_wished(wish: object, newest: int) -> int:
    """The catalogue that somebody wishes to roll back to. Raises `Rejected` in plain words for what
    is none."""
    reader = RowReader({"roll_back_to": wish})
    number = reader.whole("roll_back_to")
    reader.finish()
    if not 1 <= number <= newest:
        raise Rejected(f"There is no catalogue {number}: the newest is {newest}.")
    return number


def edits_back(
    rows: Mapping[str, list[dict[str, Any]]], newest: Tables, wanted: Tables
) -> list[Edit]:
    """What makes the tables say again what was published as `wanted`.

    Rows that were published since are deleted, and stay in the catalogues in which they were; rows
    that never were published, such as one that a marketer is still mending, are left alone, and run
    as soon as they are good.
    References hold at every moment: what rules refer to comes before them and goes after them.
    """
    standing = {
        table: {str(row[KEYS[table]]): tidy(table, row) for row in rows.get(table, ())}
        for table in KEYS
    }
    order = list(reversed(KEYS))
    put = [edit for table in order for edit in _put(table, standing[table], wanted)]
    gone = [
        edit for table in reversed(order) for edit in _gone(table, standing[table], newest, wanted)
    ]
    return put + gone


def _put(table: str, standing: Mapping[str, Row], wanted: Tables) -> Iterator[Edit]:
    for key, row in wanted.get(table, {}).items():
        if standing.get(key) != row:
            yield Edit(table, key, row)


def _gone(
    table: str, standing: Mapping[str, Row], newest: Tables, wanted: Tables
) -> Iterator[Edit]:
    for key in newest.get(table, {}).keys() - wanted.get(table, {}).keys():
        if key in standing:
            yield Edit(table, key, None)
