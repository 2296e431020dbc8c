"""Judging rows: what is wrong with each, and what goes on under its key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.audiences.domain.audience import audience_from_row
from hub.catalogue.domain.offer import offer_from_row
from hub.catalogue.domain.policy import policy_from_row
from hub.catalogue.domain.row_reader import KEYS, Row, RowRefused, attribute, tidy
from hub.catalogue.domain.rule import Rule, RuleStatus, rule_from_row
from hub.catalogue.domain.template import (
    Kind,
    kind_of,
    shared_of,
    snippet_from_row,
    template_from_row,
    wording_from_row,
)
from hub.content.domain.proof import Proofread
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.domain.cross_references import template_problems
from hub.publishing.domain.shared_snippets import sharing_problems, standing
from hub.publishing.domain.stories import story_from_row

Rows = Mapping[str, list[dict[str, Any]]]
Tables = Mapping[str, Mapping[str, Row]]
Check = Callable[[str, Row], list[str]]
RuleCheck = Callable[[Rule], list[str]]
RESTING = (RuleStatus.PAUSED, RuleStatus.DRAFT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row: its content, what is wrong with it, and what goes on under its key, if anything."""

    row: Row
    problems: list[str]
    goes_on: Row | None


def row_check(shape: Check, fields: FieldTypes, calling: RuleCheck = lambda _: []) -> Check:
    """What a row means and, of the attributes that say nothing wrong in that, its shape. `calling`
    gives what is wrong with the systems that a rule calls."""

    def check(table: str, row: Row) -> list[str]:
        meaning = _meaning_problems(table, row, fields)
        if table == "rules" and not meaning:
            meaning = calling(rule_from_row(row, fields))
        said = set(map(attribute, meaning))
        return meaning + [
            said_of for said_of in shape(table, row) if attribute(said_of) not in said
        ]

    return check


_READERS: Mapping[str, Callable[[Row, FieldTypes], object]] = {
    "stories": story_from_row,
    "audiences": audience_from_row,
    "rules": rule_from_row,
    "offers": offer_from_row,
    "policies": policy_from_row,
    "templates": lambda row, _: wording_from_row(row),
}


def _meaning_problems(table: str, row: Row, fields: FieldTypes) -> list[str]:
    try:
        _READERS[table](row, fields)
    except RowRefused as refused:
        return refused.problems
    return []


def judged(
    rows: Rows, old: Tables, check_row: Check, proofread: Proofread
) -> dict[str, dict[str, Verdict]]:
    """Table -> key -> verdict, of every row that has a key. `old` are the last good versions."""
    templates = _wording(rows, old, check_row, proofread)
    standing = {key: v.goes_on for key, v in templates.items() if v.goes_on is not None}

    def verdicts(table: str) -> dict[str, Verdict]:
        return {
            key: _referring(table, row, check_row(table, row), before, standing)
            for key, row, before in _keyed(table, rows, old)
        }

    others = {table: verdicts(table) for table in KEYS if table != "templates"}
    return {**others, "templates": templates}


def _wording(rows: Rows, old: Tables, check_row: Check, proofread: Proofread) -> dict[str, Verdict]:
    """What templates share first, as they are judged by what of that stands. What was read before
    is not read again."""
    keyed = list(_keyed("templates", rows, old))
    verdicts = _lent([one for one in keyed if _is_lent(one[1])], check_row, proofread)
    lent = {key: v.goes_on for key, v in verdicts.items() if v.goes_on is not None}
    same = lent == {k: row for k, row in old.get("templates", {}).items() if _is_lent(row)}
    shared = shared_of(lent)
    for key, row, before in keyed:
        if key not in verdicts:
            problems = check_row("templates", row) or sharing_problems(row, lent)
            if not problems and not (same and row == before):
                problems = [*proofread(template_from_row(row, shared), ()).problems]
            goes_on = _still_sayable(before, lent) if problems else row
            verdicts[key] = Verdict(row, problems, goes_on)
    return verdicts


def _is_lent(row: Row) -> bool:
    return kind_of(row) != Kind.TEMPLATE


def _lent(
    keyed: Sequence[tuple[str, Row, Row | None]], check_row: Check, proofread: Proofread
) -> dict[str, Verdict]:
    """Snippets and brands."""
    own = {key: check_row("templates", row) for key, row, _ in keyed}
    for key, row, before in keyed:
        if not own[key] and row != before and kind_of(row) == Kind.SNIPPET:
            own[key] = [*proofread(snippet_from_row(row), ()).problems]
    rows, wrong = standing(
        {
            key: [*([] if own[key] else [row]), *([] if before is None else [before])]
            for key, row, before in keyed
        }
    )
    return {
        key: Verdict(row, own[key] or wrong.get(key, []), rows.get(key)) for key, row, _ in keyed
    }


def _still_sayable(before: Row | None, rows: Mapping[str, Row]) -> Row | None:
    """A template that was good once, unless it names what is gone."""
    if before is None or kind_of(before) != Kind.TEMPLATE or sharing_problems(before, rows):
        return None
    return before


def _keyed(table: str, rows: Rows, old: Tables) -> Iterator[tuple[str, Row, Row | None]]:
    """Key, content and last good version of every row that has a key."""
    before = old.get(table, {})
    for row in sorted(rows.get(table, ()), key=lambda row: str(row[KEYS[table]])):
        key = str(row[KEYS[table]])
        yield key, tidy(table, row), before.get(key)


def _referring(
    table: str, row: Row, problems: list[str], before: Row | None, templates: Mapping[str, Row]
) -> Verdict:
    """A row that may name templates."""
    problems = problems or template_problems(table, row, templates)
    if not problems:
        return Verdict(row, [], row)
    return Verdict(row, problems, stopped(row, still_good(table, before, templates)))


def still_good(table: str, before: Row | None, templates: Mapping[str, Row]) -> Row | None:
    """A version that was good once, unless it refers to what is gone."""
    try:
        return None if before is None or template_problems(table, before, templates) else before
    except RowRefused:
        return None


def stopped(row: Row, before: Row | None) -> Row | None:
    """A brake works on a bad row too: `paused` and `draft` hold for its last good version."""
    if before and row.get("status") in RESTING:
        return {**before, "status": row["status"]}
    return before
