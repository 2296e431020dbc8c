"""Code in the documentation is tried: rows by the publisher's own checks, Python by its parser."""

import ast
import json
from typing import Any

import pytest

from hub.catalogue.domain.shared_content import (
    TemplateKind,
    read_kind,
    read_shared_content,
    snippet_from_row,
)
from hub.catalogue.domain.template import template_from_row
from hub.content.wiring import build_proofread_template
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from hub.publishing.domain.tables import TABLES
from hub.publishing.wiring import find_syntax_problem, wire_row_check
from tests.docs.pages import Block, list_blocks
from tools.setup_commands import ROOT

CHECK = wire_row_check()
JSON = list_blocks("json")
CONDITIONS = [block for block in list_blocks("text") if block.marker.startswith("conditions: ")]
MARKERS = ("row: ", "conditions: ", "verb", "draft", "published")


def marked(marker: str) -> list[Block]:
    return [block for block in JSON if block.marker.startswith(marker)]


def find_problems(table: str, row: Any) -> list[str]:
    """What the publisher would write on the row, its name aside."""
    assert TABLES[table].key in row
    return CHECK(table, row)


@pytest.mark.parametrize("block", JSON, ids=str)
def test_every_json_block_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", list_blocks("json", "text"), ids=str)
def test_a_marker_is_one_that_is_tried(block: Block) -> None:
    """A comment above a block that no test knows is a slip."""
    assert not block.marker or block.marker.startswith((*MARKERS, "generated:", "/generated"))


@pytest.mark.parametrize("block", marked("row: "), ids=str)
def test_every_row_is_one_that_the_publisher_takes(block: Block) -> None:
    assert find_problems(block.marker.removeprefix("row: "), json.loads(block.text)) == []


def test_every_template_is_proofread() -> None:
    """The retail example has the snippets and the brand that the pages use."""
    templates = [json.loads(block.text) for block in marked("row: templates")]
    retail = json.loads((ROOT / "examples/retail/templates.json").read_text(encoding="utf-8"))
    shared = read_shared_content({row["template_id"]: row for row in (*retail, *templates)})
    proofread = build_proofread_template(load_declared_fields())
    problems = {}
    for row in templates:
        if read_kind(row) == TemplateKind.TEMPLATE:
            problems[row["template_id"]] = proofread(template_from_row(row, shared), ()).problems
        elif read_kind(row) == TemplateKind.SNIPPET:
            problems[row["template_id"]] = proofread(snippet_from_row(row), ()).problems
    assert len(problems) > 1
    assert {name: list(said) for name, said in problems.items() if said} == {}


@pytest.mark.parametrize("block", marked("verb"), ids=str)
def test_every_verb_is_one_that_a_rule_may_have(block: Block) -> None:
    row = {"rule_id": "r", "strategy": "s", "event": "order.completed", "status": "live"}
    assert find_problems("rules", {**row, "then": [json.loads(block.text)]}) == []


@pytest.mark.parametrize("block", marked("draft"), ids=str)
def test_every_draft_has_rows_that_the_publisher_takes(block: Block) -> None:
    draft = json.loads(block.text)
    assert draft
    assert [p for table, rows in draft.items() for row in rows for p in CHECK(table, row)] == []


@pytest.mark.parametrize("block", marked("published"), ids=str)
def test_what_is_written_on_a_row_looks_like_that(block: Block) -> None:
    note = json.loads(block.text)
    kinds = {"status": str, "catalogue": int, "problems": list, "running": int, "at": str}
    assert {name: type(value) for name, value in note.items() if name != "warnings"} == kinds


@pytest.mark.parametrize("block", CONDITIONS, ids=str)
def test_every_condition_is_one_that_the_publisher_takes(block: Block) -> None:
    """Of `customers` it is the expression of an audience, else of a rule on that event."""
    about = block.marker.removeprefix("conditions: ")
    for line in block.text.splitlines():
        if about == "customers":
            audience = {"audience_id": "a", "expression": line, "status": "live", "every": "1d"}
            assert find_problems("audiences", audience) == [], line
        else:
            rule = {"rule_id": "r", "strategy": "s", "event": about, "status": "live"}
            row = {**rule, "when": line, "then": [], "move_to": "there"}
            assert find_problems("rules", row) == [], line


@pytest.mark.parametrize("block", list_blocks("liquid"), ids=str)
def test_every_liquid_block_is_liquid(block: Block) -> None:
    assert find_syntax_problem(block.text) is None


@pytest.mark.parametrize("block", list_blocks("python"), ids=str)
def test_every_python_block_is_python(block: Block) -> None:
    ast.parse(block.text)
