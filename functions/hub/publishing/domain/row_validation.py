"""Validates rows: the problems of each, and the version that is published under its key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from hub.catalogue.domain.row_reader import InvalidRow, Row, find_attribute
from hub.catalogue.domain.rule import Rule, RuleStatus
from hub.catalogue.domain.shared_content import (
    TemplateKind,
    read_kind,
    read_shared_content,
    snippet_from_row,
)
from hub.catalogue.domain.tables import RULES
from hub.catalogue.domain.template import template_from_row
from hub.content.domain.proof import Proofread
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import explain_fault
from hub.kernel.json_types import Json
from hub.publishing.domain.cross_references import find_template_problems
from hub.publishing.domain.row_faults import find_row_problems
from hub.publishing.domain.shared_snippets import find_sharing_problems, select_valid_versions
from hub.publishing.domain.tables import TABLES

TableRows = Mapping[str, list[dict[str, Json]]]
CatalogueTables = Mapping[str, Mapping[str, Row]]
RowCheck = Callable[[str, Row], list[str]]
RuleCheck = Callable[[Rule], list[str]]
INACTIVE_STATUSES = (RuleStatus.PAUSED, RuleStatus.DRAFT)


class _KeyedRow(NamedTuple):
    """A row's key, its tidied content, its last valid version, and why it cannot be tidied."""

    key: str
    row: Row
    before: Row | None
    problems: list[str]


@dataclass(frozen=True, slots=True)
class RowValidation:
    """One row: its tidied content, its problems and the version to publish, if there is one."""

    row: Row
    problems: list[str]
    publishable: Row | None


def make_row_check(
    check_shape: RowCheck, fields: FieldTypes, check_calls: RuleCheck = lambda _: []
) -> RowCheck:
    """Makes the check of a single row: of what it means, and of its shape.

    `check_shape` only counts for attributes without another problem. `check_calls` finds the
    problems of the connectors that a rule calls."""

    def check(table: str, row: Row) -> list[str]:
        problems = _find_meaning_problems(table, row, fields)
        if table == "rules" and not problems:
            problems = check_calls(RULES.read(row, fields))
        attributes = set(map(find_attribute, problems))
        return problems + [
            problem
            for problem in check_shape(table, row)
            if find_attribute(problem) not in attributes
        ]

    return check


def _find_meaning_problems(table: str, row: Row, fields: FieldTypes) -> list[str]:
    try:
        TABLES[table].read(row, fields)
    except InvalidRow as refused:
        return refused.problems
    return []


def validate_rows(
    rows: TableRows, old: CatalogueTables, check_row: RowCheck, proofread: Proofread
) -> dict[str, dict[str, RowValidation]]:
    """Validates every row with a key: table -> key -> result. `old` are the last valid versions.

    Whatever the content of a row raises is a problem of that row."""
    templates = _validate_templates(rows, old, check_row, proofread)
    valid = {key: v.publishable for key, v in templates.items() if v.publishable is not None}

    def validate_table(table: str) -> dict[str, RowValidation]:
        return {
            keyed.key: _validate_references(table, keyed, check_row, valid)
            for keyed in _pair_with_last_good(table, rows, old)
        }

    others = {table: validate_table(table) for table in TABLES if table != "templates"}
    return {**others, "templates": templates}


def _validate_templates(
    rows: TableRows, old: CatalogueTables, check_row: RowCheck, proofread: Proofread
) -> dict[str, RowValidation]:
    """Validates snippets and brands first, because templates depend on those that are valid.

    A template that did not change is not proofread again."""
    keyed_rows = list(_pair_with_last_good("templates", rows, old))
    validations = _validate_shared(
        [keyed for keyed in keyed_rows if _is_shared(keyed.row)], check_row, proofread
    )
    shared_rows = {k: v.publishable for k, v in validations.items() if v.publishable is not None}
    unchanged = shared_rows == {
        key: row for key, row in old.get("templates", {}).items() if _is_shared(row)
    }
    shared = read_shared_content(shared_rows)

    def find_problems(row: Row, *, known: bool) -> list[str]:
        problems = check_row("templates", row) or find_sharing_problems(row, shared_rows)
        if problems or known:
            return problems
        return [*proofread(template_from_row(row, shared), ()).problems]

    for key, row, before, unreadable in keyed_rows:
        if key not in validations:
            find = partial(find_problems, known=unchanged and row == before)
            problems = unreadable or find_row_problems("templates", row, find)
            publishable = _keep_valid_template(before, shared_rows) if problems else row
            validations[key] = RowValidation(row, problems, publishable)
    return validations


def _is_shared(row: Row) -> bool:
    return read_kind(row) != TemplateKind.TEMPLATE


def _validate_shared(
    keyed_rows: Sequence[_KeyedRow], check_row: RowCheck, proofread: Proofread
) -> dict[str, RowValidation]:
    """Validates snippets and brands."""

    def find_problems(row: Row, *, known: bool) -> list[str]:
        problems = check_row("templates", row)
        if problems or known or read_kind(row) != TemplateKind.SNIPPET:
            return problems
        return [*proofread(snippet_from_row(row), ()).problems]

    problems = {
        key: problems
        or find_row_problems("templates", row, partial(find_problems, known=row == before))
        for key, row, before, problems in keyed_rows
    }
    rows, reference_problems = select_valid_versions(
        {
            key: [*([] if problems[key] else [row]), *([] if before is None else [before])]
            for key, row, before, _ in keyed_rows
        }
    )
    return {
        key: RowValidation(row, problems[key] or reference_problems.get(key, []), rows.get(key))
        for key, row, _, _ in keyed_rows
    }


def _keep_valid_template(before: Row | None, rows: Mapping[str, Row]) -> Row | None:
    """Keeps the last valid version of a template, unless a snippet or brand of it is gone."""
    if (
        before is None
        or read_kind(before) != TemplateKind.TEMPLATE
        or find_row_problems("templates", before, lambda row: find_sharing_problems(row, rows))
    ):
        return None
    return before


def _pair_with_last_good(table: str, rows: TableRows, old: CatalogueTables) -> Iterator[_KeyedRow]:
    """Yields every row with its last valid version, by key."""
    versions, key_attribute = old.get(table, {}), TABLES[table].key
    for row in sorted(rows.get(table, ()), key=lambda row: str(row[key_attribute])):
        key = str(row[key_attribute])
        yield _KeyedRow(key, *_tidy(table, row, versions.get(key)))


def _tidy(table: str, row: Row, before: Row | None) -> tuple[Row, Row | None, list[str]]:
    """Returns the row, its last valid version and the problem of a row that cannot be tidied. Such
    a row keeps its key and status, so that it can be paused."""
    try:
        return TABLES[table].tidy(row), before, []
    except BaseException as error:  # noqa: BLE001 - explain_fault raises what no content causes
        key = TABLES[table].key
        known = {name: row[name] for name in (key, "status") if isinstance(row.get(name), str)}
        return (
            TABLES[table].tidy(known),
            before,
            [f"{key} names a row that cannot be read: {explain_fault(error)}"],
        )


def _validate_references(
    table: str, keyed: _KeyedRow, check_row: RowCheck, templates: Mapping[str, Row]
) -> RowValidation:
    """Validates a row and the templates that it names."""
    row = keyed.row
    problems = keyed.problems or find_row_problems(
        table,
        row,
        lambda row: check_row(table, row) or find_template_problems(table, row, templates),
    )
    if not problems:
        return RowValidation(row, [], row)
    return RowValidation(
        row, problems, apply_inactive_status(row, keep_if_valid(table, keyed.before, templates))
    )


def keep_if_valid(table: str, before: Row | None, templates: Mapping[str, Row]) -> Row | None:
    """Keeps the last valid version of a row, unless it cannot be read any more or names a template
    that is gone."""
    if before is None or find_row_problems(
        table, before, lambda row: find_template_problems(table, row, templates)
    ):
        return None
    return before


def apply_inactive_status(row: Row, before: Row | None) -> Row | None:
    """Applies `paused` and `draft` to the last valid version, even if the row is invalid."""
    if before and row.get("status") in INACTIVE_STATUSES:
        return {**before, "status": row["status"]}
    return before
