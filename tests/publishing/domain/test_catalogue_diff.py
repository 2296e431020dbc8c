"""What a publication changes, and the edits that roll it back."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import Rejected
from hub.publishing.domain.catalogue_diff import (
    diff_catalogues,
    parse_rollback_number,
    plan_rollback_edits,
)
from hub.publishing.domain.publication import make_row_check, publish
from hub.publishing.domain.tables import TABLES
from tests.factories import NOON

LETTER = {
    "template_id": "letter",
    "purpose": "service",
    "email": {"en": {"subject": "Hello", "text": "Hello"}},
}
SEND = [{"do": "send", "channel": "email", "template": "letter"}]
Tables = dict[str, list[dict[str, Any]]]


def publish_rows(rows: Tables, previous: Any = EMPTY_SNAPSHOT) -> dict[str, Any]:
    check = make_row_check(lambda _table, _row: [], FieldTypes())
    snapshot = publish(rows, previous, NOON, check).snapshot
    newest: dict[str, Any] = json.loads(json.dumps(snapshot or previous))
    return newest


def roll_back(rows: Tables, before: dict[str, Any], wanted: dict[str, Any]) -> Tables:
    """The tables after a rollback."""
    tables = {t: {row[TABLES[t].key]: row for row in rows.get(t, ())} for t in TABLES}
    for edit in plan_rollback_edits(rows, before["rows"], wanted["rows"]):
        tables[edit.table].pop(edit.key, None)
        if edit.row is not None:
            tables[edit.table][edit.key] = dict(edit.row)
    return {table: list(rows_by_key.values()) for table, rows_by_key in tables.items()}


def a_rule(rule_id: str, **row: Any) -> dict[str, Any]:
    rule = {"strategy": "s", "event": "a.b", "then": SEND, "status": "live"}
    return {"rule_id": rule_id, **rule, **row}


def test_a_publication_lists_its_changes() -> None:
    first = publish_rows({"rules": [a_rule("a"), a_rule("b")], "templates": [LETTER]})
    assert first["changes"] == {"rules": {"added": ["a", "b"]}, "templates": {"added": ["letter"]}}
    rows = {"rules": [a_rule("b", priority=1), a_rule("c")], "templates": [LETTER]}
    assert publish_rows(rows, first)["changes"] == {
        "rules": {"added": ["c"], "changed": ["b"], "removed": ["a"]}
    }


@pytest.mark.parametrize("typed", [3, "3", " 3 ", Decimal(3)])
def test_a_number_is_read_as_people_type_it(typed: object) -> None:
    assert parse_rollback_number(typed, newest=4) == 3


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("twelve", "roll_back_to is 'twelve': it must be a whole number"),
        ({"to": 3}, "roll_back_to is {'to': 3}: it must be a whole number"),
        (5, "There is no catalogue 5: the newest is 4."),
        (0, "There is no catalogue 0: the newest is 4."),
        (-1, "There is no catalogue -1: the newest is 4."),
        ("", "There is no catalogue 0: the newest is 4."),
    ],
)
def test_nonsense_is_rejected(typed: object, reason: str) -> None:
    with pytest.raises(Rejected) as raised:
        parse_rollback_number(typed, newest=4)
    assert raised.value.reason == reason


def test_a_row_that_was_never_published_stays() -> None:
    first = publish_rows({"rules": [a_rule("a")], "templates": [LETTER]})
    rows = {"rules": [a_rule("a"), a_rule("new", when="oops")], "templates": [LETTER]}
    assert plan_rollback_edits(rows, publish_rows(rows, first)["rows"], first["rows"]) == []


def test_templates_are_written_before_rules_and_deleted_after_them() -> None:
    card = {**LETTER, "template_id": "card"}
    other = a_rule("a", then=[{**SEND[0], "template": "card"}])
    first = publish_rows({"rules": [a_rule("a")], "templates": [LETTER]})
    rows: Tables = {"rules": [other], "templates": [card]}
    second = publish_rows(rows, first)
    back = plan_rollback_edits(rows, second["rows"], first["rows"])
    assert [(edit.table, edit.key, edit.row is None) for edit in back] == [
        ("templates", "letter", False),
        ("rules", "a", False),
        ("templates", "card", True),
    ]


ROWS = st.lists(
    st.builds(
        a_rule,
        st.sampled_from("abc"),
        priority=st.integers(0, 2),
        when=st.sampled_from(("event.x == 1", "event.x = 1")),
    ),
    unique_by=lambda row: str(row["rule_id"]),
    max_size=3,
)


@given(ROWS, ROWS)
def test_after_a_rollback_the_publisher_publishes_the_earlier_rows(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    first = publish_rows({"rules": before, "templates": [LETTER]})
    rows: Tables = {"rules": after, "templates": []}
    second = publish_rows(rows, first)
    third = publish_rows(roll_back(rows, second, first), second)
    changed = diff_catalogues(first["rows"], third["rows"])
    corrected = changed.get("rules", {}).pop("added", [])
    assert not any(changed.values())
    assert not second["rows"]["rules"].keys() & set(corrected)
