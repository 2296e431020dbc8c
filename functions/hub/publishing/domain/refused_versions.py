"""Versions of rows with which a catalogue cannot be built although each row alone is valid."""

from collections.abc import Mapping
from typing import NamedTuple

from hub.catalogue.domain.row_reader import Row
from hub.publishing.domain.row_validation import (
    CatalogueTables,
    RowValidation,
    apply_inactive_status,
)


class RefusedVersion(NamedTuple):
    """One version of the row with this `key`, and the problem that the row gets."""

    table: str
    key: str
    version: Row
    problem: str


RefusedVersions = tuple[RefusedVersion, ...]


def refuse_versions(
    validations: Mapping[str, Mapping[str, RowValidation]],
    old: CatalogueTables,
    refused: RefusedVersions,
) -> dict[str, dict[str, RowValidation]]:
    """Returns the validations with the problems of the refused versions. Such a row keeps its last
    valid version, unless that is refused too."""
    result = {table: dict(by_key) for table, by_key in validations.items()}
    for table, key, version, problem in refused:
        validation = result[table].get(key)
        if validation and version == validation.publishable:
            before = apply_inactive_status(validation.row, old.get(table, {}).get(key))
            if before is not None and is_refused(table, key, before, refused):
                before = None
            problems = validation.problems or [problem]
            result[table][key] = RowValidation(validation.row, problems, before)
    return result


def drop_refused(content: CatalogueTables, refused: RefusedVersions) -> dict[str, dict[str, Row]]:
    """Returns the content without the refused versions."""
    return {
        table: {key: row for key, row in rows.items() if not is_refused(table, key, row, refused)}
        for table, rows in content.items()
    }


def is_refused(table: str, key: str, row: Row, refused: RefusedVersions) -> bool:
    """Whether this version of the row is refused."""
    return any((table, key, row) == (one.table, one.key, one.version) for one in refused)
