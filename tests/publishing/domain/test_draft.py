"""A draft is validated as by the publisher, and its rows count as live."""

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
PUBLISHED = {
    "number": 7,
    "rows": {"rules": {"welcome": RULE}, "templates": {"hello": TEMPLATE}},
    "running": {},
}


def a_draft(**tables: Any) -> DraftCatalogue:
    return build_draft_catalogue(tables, PUBLISHED, NOON, CHECK, PROOFREAD)


def rules(draft: DraftCatalogue) -> Any:
    assert draft.problems == {}
    assert draft.snapshot
    return draft.snapshot["rows"]["rules"]


def test_a_row_replaces_the_published_row_with_its_key() -> None:
    drafted = rules(a_draft(rules=[{**RULE, "priority": 5}]))
    assert drafted == {"welcome": {**RULE, "priority": 5}}


def test_a_new_row_is_added_to_the_others() -> None:
    assert set(rules(a_draft(rules=[{**RULE, "rule_id": "again"}]))) == {"welcome", "again"}


@pytest.mark.parametrize("status", ["draft", "", None])
def test_a_draft_is_tried_as_if_it_were_live(status: str | None) -> None:
    row = {**RULE, "rule_id": "again", "status": status}
    assert rules(a_draft(rules=[row]))["again"]["status"] == "live"


def test_a_row_without_a_status_is_tried_as_if_it_were_live() -> None:
    row = {name: RULE[name] for name in RULE if name != "status"}
    assert rules(a_draft(rules=[{**row, "priority": 5}]))["welcome"]["status"] == "live"


def test_a_status_alone_changes_the_published_row() -> None:
    drafted = rules(a_draft(rules=[{"rule_id": "welcome", "status": "paused"}]))
    assert drafted == {"welcome": {**RULE, "status": "paused"}}


def test_a_draft_that_changes_nothing_has_no_catalogue() -> None:
    assert a_draft(rules=[RULE]) == DraftCatalogue(None, {})


def test_an_invalid_row_is_refused_with_the_publishers_problem() -> None:
    draft = a_draft(rules=[{**RULE, "when": "customer.loyalty.teir == 'gold'"}])
    assert draft.snapshot is None
    [(row, [problem])] = draft.problems.items()
    assert row == "rules/welcome"
    assert "did you mean" in problem


def test_a_row_that_breaks_another_is_refused() -> None:
    draft = a_draft(templates=[{**TEMPLATE, "email": {"en": {"subject": "{{ open"}}}])
    assert "templates/hello" in draft.problems


def test_a_row_that_refers_to_nothing_is_refused() -> None:
    row = {**RULE, "then": [{"do": "send", "channel": "email", "template": "helo"}]}
    assert "helo" in str(a_draft(rules=[row]).problems)


def test_a_problem_of_a_published_row_is_not_one_of_the_draft() -> None:
    bad = {**RULE, "rule_id": "old", "event": "Nonsense"}
    rows = {**PUBLISHED["rows"], "rules": {"welcome": RULE, "old": bad}}  # type: ignore[dict-item]  # a row that is wrong
    draft = build_draft_catalogue(
        {"rules": [{**RULE, "priority": 5}]},
        {**PUBLISHED, "rows": rows},
        NOON,
        CHECK,
        PROOFREAD,
    )
    assert draft.problems == {}


@pytest.mark.parametrize("row", [{"strategy": "x"}, {"rule_id": ""}, {"rule_id": 5}, "welcome"])
def test_a_row_without_a_key_is_named_by_its_position(row: Any) -> None:
    assert a_draft(rules=[RULE, row]).problems == {"rules[2]": ["rule_id is missing"]}


def test_an_unknown_table_is_refused_with_a_suggestion() -> None:
    assert "rules" in a_draft(ruels=[RULE]).problems["ruels"][0]
