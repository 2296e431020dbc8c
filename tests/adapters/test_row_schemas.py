"""Rows against the schemas of the catalogue, and hundreds of hurried edits."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hub.adapters.content import syntax_problem
from hub.adapters.row_schemas import RowSchemas, declared_fields
from hub.adapters.schemas import folder
from hub.domain.catalogue import EMPTY, Catalogue
from hub.domain.fields import BLOCKS, Kind
from hub.domain.publication import Publication, publish, row_check
from hub.domain.rows import attribute, tidy
from hub.domain.verb import OPTIONAL, VERBS
from tests.factories import NOON

SHAPE = RowSchemas()
FIELDS = declared_fields()
CHECK = row_check(SHAPE, FIELDS)
RETAIL = Path(__file__).parents[2] / "examples" / "retail"
ROWS: dict[str, list[dict[str, Any]]] = {
    table: json.loads((RETAIL / f"{table}.json").read_text()) for table in ("rules", "templates")
}
RULE = {
    "rule_id": "gold-order",
    "strategy": "thanks",
    "event": "order.completed",
    "when": "event.amount >= 2000 and customer.loyalty.tier == 'gold' and not event.items < 1",
    "then": [
        {"do": "send", "channel": "email", "template": "welcome", "expires": "2h"},
        {"do": "wait", "for": "3d", "then": "thanks.due"},
    ],
    "move_to": "thanked",
    "priority": 10,
    "starts": "2026-01-01",
    "ends": "2026-12-31",
    "status": "live",
}


def published(rule: dict[str, Any], previous: Any = EMPTY) -> Publication:
    rows = {"rules": [rule], "templates": ROWS["templates"]}
    return publish(rows, previous, NOON, CHECK, syntax_problem)


@pytest.mark.parametrize(
    "path", sorted(folder().rglob("*.schema.json")), ids=lambda path: path.name
)
def test_every_schema_is_one(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text()))


@pytest.mark.parametrize("table", ["rules", "templates"])
def test_the_examples_rows_are_good(table: str) -> None:
    assert [(row, said) for row in ROWS[table] if (said := CHECK(table, tidy(table, row)))] == []


def test_every_block_of_the_customer_is_declared() -> None:
    assert set(FIELDS.customer.members) == set(BLOCKS)
    assert FIELDS.for_event("order.completed").properties.kind is Kind.BLOCK
    assert "event" not in FIELDS.events


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"wehn": "x"}, "wehn is not known here: did you mean when?"),
        ({"rule_id": 5}, "rule_id is 5: it wants a text"),
        ({"rule_id": "a b"}, "rule_id 'a b' is not a name (letters, digits, - _ .)"),
        ({"priority": [1]}, "priority is [1]: it wants a whole number or a text"),
        ({"then": [{"do": "sned"}]}, "then[1].do 'sned' is not one of send, call, append, wait: "),
        ({"then": [{"do": "append", "dataset": "x", "to": "y"}]}, "then[1].to is not known here"),
        ({"then": [{"do": "append"}]}, "then[1].dataset is missing"),
        ({"in_state": "x" * 101}, "in_state 'xxx"),
        ({"note": 5}, "note is 5: it wants a text"),
    ],
)
def test_a_wrong_shape_is_told_in_plain_words(changes: dict[str, Any], problem: str) -> None:
    (said,) = SHAPE("rules", {**RULE, **changes})
    assert said.startswith(problem)


def test_schema_and_verbs_know_the_same_words() -> None:
    schema = json.loads((folder() / "catalogue" / "rules.schema.json").read_text())
    verb = schema["$defs"]["verb"]
    known = {
        case["if"]["properties"]["do"]["const"]: (
            set(case["then"]["required"]),
            set(case["then"]["properties"]) - {"do"},
        )
        for case in verb["allOf"]
    }
    assert known == {do: (set(must), {*must, *OPTIONAL.get(do, ())}) for do, must in VERBS.items()}
    assert verb["properties"]["do"]["enum"] == list(VERBS)


def test_each_missing_attribute_is_told() -> None:
    assert sorted(SHAPE("rules", {"rule_id": "r"})) == [
        "event is missing",
        "status is missing",
        "strategy is missing",
    ]


Hand = Callable[[random.Random, dict[str, Any]], None]


def in_the_condition(old: str, new: str) -> Hand:
    def edit(_: random.Random, row: dict[str, Any]) -> None:
        row["when"] = row["when"].replace(old, new)

    return edit


def in_a_verb(name: str, value: Any) -> Hand:
    def edit(luck: random.Random, row: dict[str, Any]) -> None:
        luck.choice(row["then"])[name] = value

    return edit


def one_letter_less(luck: random.Random, row: dict[str, Any]) -> None:
    text = row["when"]
    at = luck.choice([i for i, letter in enumerate(text) if letter in "'."])
    row["when"] = text[:at] + text[at + 1 :]


def another_type(luck: random.Random, row: dict[str, Any]) -> None:
    name = luck.choice(["strategy", "event", "when", "status", "starts"])
    row[name] = luck.choice([5, 1.5, True, None, ["x"], {"S": "x"}, b"x", {"x", "y"}])


def misspelt_name(luck: random.Random, row: dict[str, Any]) -> None:
    name = luck.choice(["strategy", "event", "when", "then", "status", "priority"])
    row[name + "s"] = row.pop(name)


def misspelt_field(luck: random.Random, row: dict[str, Any]) -> None:
    field = luck.choice(["event.amount", "customer.loyalty.tier", "event.items"])
    row["when"] = row["when"].replace(field, field[:-1] + luck.choice("xyz"))


HANDS: list[Hand] = [
    one_letter_less,
    another_type,
    misspelt_name,
    misspelt_field,
    in_the_condition("==", "="),
    in_the_condition("==", "==="),
    in_the_condition(">=", "=>"),
    in_the_condition("and", "&&"),
    in_the_condition("and", "AND"),
    in_the_condition("'gold'", "gold"),
    in_the_condition("'gold'", "“gold”"),
    in_the_condition("'gold'", "‘gold’"),
    in_the_condition("'gold'", "'gold"),
    in_the_condition("== 'gold'", "~ '^go.*d$'"),
    in_the_condition("== 'gold'", "in 'gold', 'silver'"),
    in_the_condition("2000", "'2000'"),
    in_the_condition("2000", "2.000,50"),
    in_the_condition("2000", "€2000"),
    in_the_condition("2000", "x" * 100_000),
    in_a_verb("do", "sned"),
    in_a_verb("do", None),
    in_a_verb("expires", 7200),
    in_a_verb("expires", "two hours"),
    in_a_verb("template", "welcom"),
    in_a_verb("for", "3 days"),
]


@pytest.mark.parametrize("seed", range(500))
def test_a_hurried_edit_is_explained_and_does_nothing(seed: int) -> None:
    luck, row = random.Random(seed), copy.deepcopy(RULE)  # noqa: S311 repeatable, not secret
    HANDS[seed % len(HANDS)](luck, row)
    first = published(RULE)
    second = published(row, first.snapshot)
    assert second.snapshot is None
    (told,) = (note.published for note in second.notes if note.table == "rules")
    assert told["status"] == "refused"
    assert told["running"] == 1
    assert all(attribute(problem).isidentifier() for problem in told["problems"])
    assert max(map(len, told["problems"])) < 400
    never = published(row).snapshot
    assert never is not None
    assert Catalogue.from_snapshot(never).rules == {}


def test_ten_thousand_hurried_edits_at_once_are_each_explained_and_do_nothing() -> None:
    rows = []
    for seed in range(10_000):
        luck, row = random.Random(seed), copy.deepcopy(RULE)  # noqa: S311 repeatable, not secret
        HANDS[seed % len(HANDS)](luck, row)
        rows.append({**row, "rule_id": f"r{seed}"})
    given = {"rules": rows, "templates": ROWS["templates"]}
    publication = publish(given, EMPTY, NOON, CHECK, syntax_problem)
    assert publication.snapshot is not None
    assert publication.snapshot["rows"]["rules"] == {}
    told = [note.published for note in publication.notes if note.table == "rules"]
    assert len(told) == 10_000
    assert all(note["status"] == "refused" and note["problems"] for note in told)
