"""A draft is judged as the guard judges, and is live for as long as it is tried."""

from typing import Any

import pytest

from hub.content.wiring import build_proofread_template
from hub.publishing.adapters.row_json_schemas import RowSchemas, load_declared_fields
from hub.publishing.domain.draft import DraftCatalogue, build_draft_catalogue
from hub.publishing.domain.publication import make_row_check
from tests.factories import NOON

CHECK = make_row_check(RowSchemas(), load_declared_fields())
PROOFREAD = build_proofread_template(load_declared_fields())
TEMPLATE = {
    "template_id": "hello",
    "purpose": "marketing",
    "email": {"en": {"subject": "Hello", "text": "Hello", "html": "<p>Hello</p>"}},
}
RULE = {
    "rule_id": "welcome",
    "strategy": "welcome",
    "event": "customer.signed_up",
    "audience": "everybody",
    "then": [{"do": "send", "channel": "email", "template": "hello"}],
    "status": "live",
}
STANDING = {
    "number": 7,
    "rows": {"rules": {"welcome": RULE}, "templates": {"hello": TEMPLATE}},
    "running": {},
}


def a_draft(**tables: Any) -> DraftCatalogue:
    return build_draft_catalogue(tables, STANDING, NOON, CHECK, PROOFREAD)


def rules(made: DraftCatalogue) -> Any:
    assert made.problems == {}
    assert made.snapshot
    return made.snapshot["rows"]["rules"]


def test_a_row_takes_the_place_of_the_one_with_its_key() -> None:
    found = rules(a_draft(rules=[{**RULE, "priority": 5}]))
    assert found == {"welcome": {**RULE, "priority": 5}}


def test_a_new_row_stands_beside_the_others() -> None:
    assert set(rules(a_draft(rules=[{**RULE, "rule_id": "again"}]))) == {"welcome", "again"}


@pytest.mark.parametrize("status", ["draft", "", None])
def test_a_draft_is_tried_as_if_it_were_live(status: str | None) -> None:
    row = {**RULE, "rule_id": "again", "status": status}
    assert rules(a_draft(rules=[row]))["again"]["status"] == "live"


def test_a_row_without_a_status_is_tried_as_if_it_were_live() -> None:
    row = {name: RULE[name] for name in RULE if name != "status"}
    assert rules(a_draft(rules=[{**row, "priority": 5}]))["welcome"]["status"] == "live"


def test_a_status_alone_is_a_change_of_the_row_that_stands() -> None:
    found = rules(a_draft(rules=[{"rule_id": "welcome", "status": "paused"}]))
    assert found == {"welcome": {**RULE, "status": "paused"}}


def test_what_changes_nothing_is_no_catalogue() -> None:
    assert a_draft(rules=[RULE]) == DraftCatalogue(None, {})


def test_a_bad_row_is_refused_in_the_guards_own_words() -> None:
    made = a_draft(rules=[{**RULE, "when": "customer.loyalty.teir == 'gold'"}])
    assert made.snapshot is None
    [(row, [problem])] = made.problems.items()
    assert row == "rules/welcome"
    assert "did you mean" in problem


def test_a_row_that_breaks_another_is_refused() -> None:
    made = a_draft(templates=[{**TEMPLATE, "email": {"en": {"subject": "{{ open"}}}])
    assert "templates/hello" in made.problems


def test_a_row_that_refers_to_nothing_is_refused() -> None:
    row = {**RULE, "then": [{"do": "send", "channel": "email", "template": "helo"}]}
    assert "helo" in str(a_draft(rules=[row]).problems)


def test_what_was_wrong_before_is_no_problem_of_the_draft() -> None:
    bad = {**RULE, "rule_id": "old", "event": "Nonsense"}
    rows = {**STANDING["rows"], "rules": {"welcome": RULE, "old": bad}}  # type: ignore[dict-item]  # a row that is wrong
    made = build_draft_catalogue(
        {"rules": [{**RULE, "priority": 5}]},
        {**STANDING, "rows": rows},
        NOON,
        CHECK,
        PROOFREAD,
    )
    assert made.problems == {}


@pytest.mark.parametrize("row", [{"strategy": "x"}, {"rule_id": ""}, {"rule_id": 5}, "welcome"])
def test_a_row_without_a_key_is_told_by_its_place(row: Any) -> None:
    assert a_draft(rules=[RULE, row]).problems == {"rules[2]": ["rule_id is missing"]}


def test_a_table_that_is_none_is_told_with_what_was_meant() -> None:
    assert "rules" in a_draft(ruels=[RULE]).problems["ruels"][0]
