"""From the rows as they are now, and the last published catalogue, to the next one.

Level-triggered: nothing depends on which edits led here or how often they were told, so that any
stream record, repeated or late, may start it. A bad row leaves its last good version running; one
that refers to what is gone does not run at all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.domain.changes import changes
from hub.domain.fields import FieldTypes
from hub.domain.linting import lint
from hub.domain.nearest import did_you_mean, nearest
from hub.domain.rows import KEYS, Row, RowRefused, attribute, tidy
from hub.domain.rule import RUNNING, RuleStatus, rule_from_row
from hub.domain.template import template_from_row
from hub.domain.times import iso

Rows = Mapping[str, list[dict[str, Any]]]
Check = Callable[[str, Row], list[str]]
SyntaxCheck = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be written as `published` on a row."""

    table: str
    key: str
    published: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Publication:
    """`snapshot` is None when nothing changed; `notes` may be due all the same."""

    snapshot: Mapping[str, Any] | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Verdict:
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


def _meaning_problems(table: str, row: Row, fields: FieldTypes) -> list[str]:
    try:
        if table == "rules":
            rule_from_row(row, fields)
        else:
            template_from_row(row)
    except RowRefused as refused:
        return refused.problems
    return []


def publish(
    rows: Rows,
    previous: Mapping[str, Any],
    now: datetime,
    check_row: Check,
    check_template_syntax: SyntaxCheck,
) -> Publication:
    """`check_row` gives the problems of a tidy row by itself (`row_check`)."""
    old = previous["rows"]
    templates = {
        key: _verdict(row, _template_problems(row, check_row, check_template_syntax), before)
        for key, row, before in _keyed("templates", rows, old)
    }
    standing = {key: v.goes_on for key, v in templates.items() if v.goes_on is not None}
    rules = {
        key: _rule_verdict(row, check_row("rules", row), before, standing)
        for key, row, before in _keyed("rules", rows, old)
    }
    return _published({"rules": rules, "templates": templates}, rows, previous, now)


def _keyed(
    table: str, rows: Rows, old: Mapping[str, Mapping[str, Row]]
) -> Iterator[tuple[str, Row, Row | None]]:
    """Key, content and last good version of every row that has a key."""
    before = old.get(table, {})
    for row in sorted(rows.get(table, ()), key=lambda row: str(row[KEYS[table]])):
        key = str(row[KEYS[table]])
        yield key, tidy(table, row), before.get(key)


def _verdict(row: Row, problems: list[str], before: Row | None) -> _Verdict:
    return _Verdict(row, problems, before if problems else row)


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


def _rule_verdict(
    row: Row, problems: list[str], before: Row | None, templates: Mapping[str, Row]
) -> _Verdict:
    problems = problems or list(_reference_problems(row, templates))
    if not problems:
        return _Verdict(row, [], row)
    return _Verdict(row, problems, _stopped(row, _still_good(before, templates)))


def _still_good(before: Row | None, templates: Mapping[str, Row]) -> Row | None:
    try:
        return None if before is None or any(_reference_problems(before, templates)) else before
    except RowRefused:
        return None


def _stopped(row: Row, before: Row | None) -> Row | None:
    """A brake works on a bad row too: `paused` and `draft` hold for its last good version."""
    if before and row.get("status") in (RuleStatus.PAUSED, RuleStatus.DRAFT):
        return {**before, "status": row["status"]}
    return before


def _reference_problems(row: Row, templates: Mapping[str, Row]) -> Iterator[str]:
    for position, name, channel in rule_from_row(row, FieldTypes()).templates():
        template = templates.get(name)
        if template is None:
            close = did_you_mean(nearest(name, templates))
            yield f"then[{position}] there is no template {name!r}{close}"
        elif channel not in template:
            yield f"then[{position}] template {name!r} has no {channel} body"


def _published(
    verdicts: Mapping[str, Mapping[str, _Verdict]],
    rows: Rows,
    previous: Mapping[str, Any],
    now: datetime,
) -> Publication:
    content = {
        table: {key: v.goes_on for key, v in found.items() if v.goes_on is not None}
        for table, found in verdicts.items()
    }
    old = {table: previous["rows"].get(table, {}) for table in content}
    number = previous["number"] + (content != old)
    running = {table: {} for table in content} | previous.get("running", {})
    since = _since(content, old, running, number)
    snapshot = {
        "number": number,
        "at": iso(now),
        "changes": changes(old, content),
        "rows": content,
        "running": since,
    }
    notes = tuple(_notes(verdicts, rows, since, now))
    return Publication(snapshot if content != old else None, notes)


def _since(
    content: Mapping[str, Mapping[str, Any]],
    old: Mapping[str, Mapping[str, Any]],
    running: Mapping[str, Mapping[str, int]],
    number: int,
) -> dict[str, dict[str, int]]:
    """The catalogue in which each row's version was first published."""
    return {
        table: {
            key: running[table].get(key, number) if old[table].get(key) == row else number
            for key, row in found.items()
        }
        for table, found in content.items()
    }


def _notes(
    verdicts: Mapping[str, Mapping[str, _Verdict]],
    rows: Rows,
    since: Mapping[str, Mapping[str, int]],
    now: datetime,
) -> Iterator[Note]:
    warnings = {"rules": _warnings(verdicts["rules"])}
    for table, found in verdicts.items():
        for row in rows.get(table, ()):
            key = str(row[KEYS[table]])
            due = _note(table, found[key], since[table].get(key, 0))
            due |= _warned(warnings.get(table, {}).get(key), found[key])
            if due != _without_time(row.get("published")):
                yield Note(table, key, {**due, "at": iso(now)})


def _note(table: str, verdict: _Verdict, since: int) -> dict[str, Any]:
    runs = verdict.goes_on is not None and _status(table, verdict.goes_on) in RUNNING
    return {
        "status": "refused" if verdict.problems else _status(table, verdict.row),
        "catalogue": 0 if verdict.problems else since,
        "problems": verdict.problems,
        "running": since if runs else 0,
    }


def _warnings(verdicts: Mapping[str, _Verdict]) -> dict[str, list[str]]:
    """Of the rules as they go on; the others are no part of what will happen."""
    going_on = [v.goes_on for v in verdicts.values() if v.goes_on is not None]
    return lint(
        (rule_from_row(row, FieldTypes()), str(row.get("audience", ""))) for row in going_on
    )


def _warned(warnings: list[str] | None, verdict: _Verdict) -> dict[str, list[str]]:
    """A refused row has problems to read first."""
    return {"warnings": warnings} if warnings and not verdict.problems else {}


def _status(table: str, row: Row) -> str:
    """A rule is a draft until it says otherwise; a template is live by being there."""
    return str(row.get("status") or RuleStatus.DRAFT) if table == "rules" else RuleStatus.LIVE.value


def _without_time(published: object) -> object:
    if not isinstance(published, Mapping):
        return None
    return {name: value for name, value in published.items() if name != "at"}
