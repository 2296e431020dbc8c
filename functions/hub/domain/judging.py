"""Judging rows: what is wrong with each, and what goes on under its key."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.domain.audience import audience_from_row
from hub.domain.fields import FieldTypes
from hub.domain.offer import offer_from_row
from hub.domain.policy import policy_from_row
from hub.domain.references import template_problems
from hub.domain.rows import KEYS, Row, RowRefused, attribute, tidy
from hub.domain.rule import RuleStatus, rule_from_row
from hub.domain.stories import story_from_row
from hub.domain.template import template_from_row

Rows = Mapping[str, list[dict[str, Any]]]
Tables = Mapping[str, Mapping[str, Row]]
Check = Callable[[str, Row], list[str]]
SyntaxCheck = Callable[[str], str | None]
RESTING = (RuleStatus.PAUSED, RuleStatus.DRAFT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row: its content, what is wrong with it, and what goes on under its key, if anything."""

    row: Row
    problems: list[str]
    goes_on: Row | None


def row_check(shape: Check, fields: FieldTypes) -> Check:
    """What a row means and, of the attributes that say nothing wrong in that, its shape."""

    def check(table: str, row: Row) -> list[str]:
        meaning = _meaning_problems(table, row, fields)
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
    "templates": lambda row, _: template_from_row(row),
}


def _meaning_problems(table: str, row: Row, fields: FieldTypes) -> list[str]:
    try:
        _READERS[table](row, fields)
    except RowRefused as refused:
        return refused.problems
    return []


def judged(
    rows: Rows, old: Tables, check_row: Check, check_template_syntax: SyntaxCheck
) -> dict[str, dict[str, Verdict]]:
    """Table -> key -> verdict, of every row that has a key. `old` are the last good versions."""
    templates = {
        key: _verdict(row, _template_problems(row, check_row, check_template_syntax), before)
        for key, row, before in _keyed("templates", rows, old)
    }
    standing = {key: v.goes_on for key, v in templates.items() if v.goes_on is not None}

    def verdicts(table: str) -> dict[str, Verdict]:
        return {
            key: _referring(table, row, check_row(table, row), before, standing)
            for key, row, before in _keyed(table, rows, old)
        }

    others = {table: verdicts(table) for table in KEYS if table != "templates"}
    return {**others, "templates": templates}


def _keyed(table: str, rows: Rows, old: Tables) -> Iterator[tuple[str, Row, Row | None]]:
    """Key, content and last good version of every row that has a key."""
    before = old.get(table, {})
    for row in sorted(rows.get(table, ()), key=lambda row: str(row[KEYS[table]])):
        key = str(row[KEYS[table]])
        yield key, tidy(table, row), before.get(key)


def _verdict(row: Row, problems: list[str], before: Row | None) -> Verdict:
    return Verdict(row, problems, before if problems else row)


def _template_problems(row: Row, check_row: Check, check_syntax: SyntaxCheck) -> list[str]:
    problems = check_row("templates", row)
    if problems:
        return problems
    return [
        f"{channel}.{language}.{part} {wrong}"
        for channel, languages in template_from_row(row).bodies.items()
        for language, parts in languages.items()
        for part, text in parts.items()
        if (wrong := check_syntax(text))
    ]


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
