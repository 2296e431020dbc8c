"""Judging rows: what is wrong with each, and what goes on under its key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.catalogue.domain.row_reader import InvalidRow, Row, find_attribute
from hub.catalogue.domain.rule import Rule, RuleStatus
from hub.catalogue.domain.tables import RULES
from hub.catalogue.domain.template import (
    TemplateKind,
    read_kind,
    read_shared_content,
    snippet_from_row,
    template_from_row,
)
from hub.content.domain.proof import Proofread
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.domain.cross_references import find_template_problems
from hub.publishing.domain.shared_snippets import find_sharing_problems, select_valid_versions
from hub.publishing.domain.tables import TABLES

TableRows = Mapping[str, list[dict[str, Any]]]
CatalogueTables = Mapping[str, Mapping[str, Row]]
RowCheck = Callable[[str, Row], list[str]]
RuleCheck = Callable[[Rule], list[str]]
INACTIVE_STATUSES = (RuleStatus.PAUSED, RuleStatus.DRAFT)


@dataclass(frozen=True, slots=True)
class RowValidation:
    """One row: its content, what is wrong with it, and what goes on under its key, if anything."""

    row: Row
    problems: list[str]
    publishable: Row | None


def make_row_check(
    check_shape: RowCheck, fields: FieldTypes, check_calls: RuleCheck = lambda _: []
) -> RowCheck:
    """What a row means and, of the attributes that say nothing wrong in that, its shape. `calling`
    gives what is wrong with the systems that a rule calls."""

    def check(table: str, row: Row) -> list[str]:
        meaning = _find_meaning_problems(table, row, fields)
        if table == "rules" and not meaning:
            meaning = check_calls(RULES.read(row, fields))
        said = set(map(find_attribute, meaning))
        return meaning + [
            said_of for said_of in check_shape(table, row) if find_attribute(said_of) not in said
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
    """Table -> key -> verdict, of every row that has a key. `old` are the last good versions."""
    templates = _validate_templates(rows, old, check_row, proofread)
    standing = {key: v.publishable for key, v in templates.items() if v.publishable is not None}

    def verdicts(table: str) -> dict[str, RowValidation]:
        return {
            key: _validate_references(table, row, check_row(table, row), before, standing)
            for key, row, before in _pair_with_last_good(table, rows, old)
        }

    others = {table: verdicts(table) for table in TABLES if table != "templates"}
    return {**others, "templates": templates}


def _validate_templates(
    rows: TableRows, old: CatalogueTables, check_row: RowCheck, proofread: Proofread
) -> dict[str, RowValidation]:
    """What templates share first, as they are judged by what of that stands. What was read before
    is not read again."""
    keyed = list(_pair_with_last_good("templates", rows, old))
    verdicts = _validate_shared([one for one in keyed if _is_shared(one[1])], check_row, proofread)
    lent = {key: v.publishable for key, v in verdicts.items() if v.publishable is not None}
    same = lent == {k: row for k, row in old.get("templates", {}).items() if _is_shared(row)}
    shared = read_shared_content(lent)
    for key, row, before in keyed:
        if key not in verdicts:
            problems = check_row("templates", row) or find_sharing_problems(row, lent)
            if not problems and not (same and row == before):
                problems = [*proofread(template_from_row(row, shared), ()).problems]
            goes_on = _keep_valid_template(before, lent) if problems else row
            verdicts[key] = RowValidation(row, problems, goes_on)
    return verdicts


def _is_shared(row: Row) -> bool:
    return read_kind(row) != TemplateKind.TEMPLATE


def _validate_shared(
    keyed: Sequence[tuple[str, Row, Row | None]], check_row: RowCheck, proofread: Proofread
) -> dict[str, RowValidation]:
    """Snippets and brands."""
    own = {key: check_row("templates", row) for key, row, _ in keyed}
    for key, row, before in keyed:
        if not own[key] and row != before and read_kind(row) == TemplateKind.SNIPPET:
            own[key] = [*proofread(snippet_from_row(row), ()).problems]
    rows, wrong = select_valid_versions(
        {
            key: [*([] if own[key] else [row]), *([] if before is None else [before])]
            for key, row, before in keyed
        }
    )
    return {
        key: RowValidation(row, own[key] or wrong.get(key, []), rows.get(key))
        for key, row, _ in keyed
    }


def _keep_valid_template(before: Row | None, rows: Mapping[str, Row]) -> Row | None:
    """A template that was good once, unless it names what is gone."""
    if (
        before is None
        or read_kind(before) != TemplateKind.TEMPLATE
        or find_sharing_problems(before, rows)
    ):
        return None
    return before


def _pair_with_last_good(
    table: str, rows: TableRows, old: CatalogueTables
) -> Iterator[tuple[str, Row, Row | None]]:
    """Key, content and last good version of every row that has a key."""
    before, key_attribute = old.get(table, {}), TABLES[table].key
    for row in sorted(rows.get(table, ()), key=lambda row: str(row[key_attribute])):
        key = str(row[key_attribute])
        yield key, TABLES[table].tidy(row), before.get(key)


def _validate_references(
    table: str, row: Row, problems: list[str], before: Row | None, templates: Mapping[str, Row]
) -> RowValidation:
    """A row that may name templates."""
    problems = problems or find_template_problems(table, row, templates)
    if not problems:
        return RowValidation(row, [], row)
    return RowValidation(
        row, problems, apply_inactive_status(row, keep_if_valid(table, before, templates))
    )


def keep_if_valid(table: str, before: Row | None, templates: Mapping[str, Row]) -> Row | None:
    """A version that was good once, unless it refers to what is gone."""
    try:
        return (
            None if before is None or find_template_problems(table, before, templates) else before
        )
    except InvalidRow:
        return None


def apply_inactive_status(row: Row, before: Row | None) -> Row | None:
    """A brake works on a bad row too: `paused` and `draft` hold for its last good version."""
    if before and row.get("status") in INACTIVE_STATUSES:
        return {**before, "status": row["status"]}
    return before
