"""Rows against the schemas of the catalogue, and hundreds of hurried edits."""

import copy
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT, Catalogue
from hub.catalogue.domain.policy import POLICY_KINDS
from hub.catalogue.domain.row_reader import find_attribute
from hub.catalogue.domain.verbs.json_schema import build_verb_schema
from hub.content.wiring import build_proofread_template
from hub.expression.domain.field_types import BLOCKS, FieldKind
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.publishing.adapters.row_json_schemas import RowSchemas, load_declared_fields
from hub.publishing.domain.publication import Publication, make_row_check, publish
from hub.publishing.domain.tables import TABLES
from tests.factories import NOON

SHAPE = RowSchemas()
FIELDS = load_declared_fields()
CHECK = make_row_check(SHAPE, FIELDS)
PROOFREAD = build_proofread_template(FIELDS)
RETAIL = Path(__file__).parents[3] / "examples" / "retail"
ROWS: dict[str, list[dict[str, Any]]] = {
    table: json.loads((RETAIL / f"{table}.json").read_text()) for table in TABLES
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


def publish_rule(rule: dict[str, Any], previous: Any = EMPTY_SNAPSHOT) -> Publication:
    rows = {"rules": [rule], "templates": ROWS["templates"]}
    return publish(rows, previous, NOON, CHECK, PROOFREAD)


@pytest.mark.parametrize(
    "path", sorted(find_schemas_folder().rglob("*.schema.json")), ids=lambda path: path.name
)
def test_every_schema_is_one(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text()))


@pytest.mark.parametrize("table", TABLES)
def test_the_examples_rows_are_good(table: str) -> None:
    checks = [(row, CHECK(table, TABLES[table].tidy(row))) for row in ROWS[table]]
    assert [(row, problems) for row, problems in checks if problems] == []


def test_every_block_of_the_customer_is_declared() -> None:
    assert set(FIELDS.customer.members) == set(BLOCKS)
    assert FIELDS.for_event("order.completed").properties.kind is FieldKind.BLOCK
    assert "event" not in FIELDS.events


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"wehn": "x"}, "wehn is not known here: did you mean when?"),
        ({"rule_id": 5}, "rule_id is 5: it must be a text"),
        ({"rule_id": "a b"}, "rule_id 'a b' is not a name (letters, digits, - _ .)"),
        ({"priority": [1]}, "priority is [1]: it must be a whole number or a text"),
        ({"then": [{"do": "sned"}]}, "then[1].do 'sned' is not one of send, offer, call, update"),
        ({"then": [{"do": "append", "dataset": "x", "to": "y"}]}, "then[1].to is not known here"),
        ({"then": [{"do": "append"}]}, "then[1].dataset is missing"),
        ({"in_state": "x" * 101}, "in_state 'xxx"),
        ({"note": 5}, "note is 5: it must be a text"),
    ],
)
def test_a_wrong_shape_is_explained_in_plain_words(changes: dict[str, Any], problem: str) -> None:
    (shape_problem,) = SHAPE("rules", {**RULE, **changes})
    assert shape_problem.startswith(problem)


def test_the_schema_of_rules_has_the_words_that_the_verbs_declare() -> None:
    schema = json.loads((find_schemas_folder() / "catalogue" / "rules.schema.json").read_text())
    assert schema["$defs"]["verb"] == build_verb_schema()


def test_schema_and_policies_know_the_same_kinds() -> None:
    schema = json.loads((find_schemas_folder() / "catalogue" / "policies.schema.json").read_text())
    assert schema["properties"]["kind"]["enum"] == list(POLICY_KINDS)
    assert [case["if"]["properties"]["kind"]["const"] for case in schema["allOf"]] == list(
        POLICY_KINDS
    )


def test_each_missing_attribute_is_a_problem() -> None:
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
    first = publish_rule(RULE)
    second = publish_rule(row, first.snapshot)
    assert second.snapshot is None
    (published,) = (feedback.published for feedback in second.feedback if feedback.table == "rules")
    assert published["status"] == "refused"
    assert published["running"] == 1
    assert all(find_attribute(problem).isidentifier() for problem in published["problems"])
    assert max(map(len, published["problems"])) < 400
    alone = publish_rule(row).snapshot
    assert alone is not None
    assert Catalogue.from_snapshot(alone).rules == {}


OFFER = {
    "offer_id": "beans",
    "name": "Beans for gold",
    "tags": ["coffee"],
    "category": "coffee",
    "eligible": RULE["when"],
    "starts": "2026-01-01",
    "ends": "2026-12-31",
    "goal": "order.completed",
    "again_after": "30d",
    "value": 1000,
    "weight": 1.5,
    "cost": 50,
    "caps": {"month": 1},
    "treatments": {
        "email": {"template": "welcome"},
        "call": {"template": "retention-call", "queue": "sales"},
    },
    "status": "live",
}
CAP: dict[str, Any] = {"kind": "frequency_cap", "channel": "email", "most": {"day": 1, "week": 3}}
QUIET: dict[str, Any] = {"kind": "quiet_hours", "from": "21:00", "to": "08:00", "days": ["sunday"]}
HOLDOUT: dict[str, Any] = {"kind": "holdout", "percent": 10, "salt": "2026"}
SLOTS: dict[str, Any] = {"kind": "capacity", "queue": "sales", "slots": 20, "per": "hour"}
HUSH: dict[str, Any] = {"kind": "suppression", "when": RULE["when"], "reason": "an order"}
STORY = {
    "story_id": "gold-is-thanked",
    "given": {"loyalty.tier": "gold", "now": "2026-11-22", "consent.sms.marketing": False},
    "when": {"type": "order.completed", "properties": {"amount": 5000}, "after": "2h"},
    "then": {"said": {"channel": "email"}, "states": {"thanks": "thanked"}},
    "status": "live",
}


def put(name: str, *values: Any) -> Hand:
    def edit(luck: random.Random, row: dict[str, Any]) -> None:
        row[name] = luck.choice(values)

    return edit


def put_in(name: str, inner: str, *values: Any) -> Hand:
    def edit(luck: random.Random, row: dict[str, Any]) -> None:
        row[name] = {**row[name], inner: luck.choice(values)}

    return edit


def misspelt(*names: str) -> Hand:
    def edit(luck: random.Random, row: dict[str, Any]) -> None:
        name = luck.choice(names)
        row[name + "s"] = row.pop(name)

    return edit


def in_the_text(name: str, old: str, new: str) -> Hand:
    def edit(_: random.Random, row: dict[str, Any]) -> None:
        row[name] = row[name].replace(old, new)

    return edit


A_LOT = "x" * 100_000
ODD: tuple[Any, ...] = (True, ["x"], {"S": "x"}, b"x", {"x", "y"}, A_LOT)
ON_TEXTS = (put("status", "liev", 5, *ODD), put("statu", "live"), put("note", 5, *ODD))
EDITS: list[tuple[str, dict[str, Any], Sequence[Hand]]] = [
    (
        "offers",
        OFFER,
        [
            *ON_TEXTS,
            misspelt("eligible", "treatments", "category", "goal", "caps"),
            in_the_text("eligible", "==", "="),
            in_the_text("eligible", "'gold'", "“gold”"),
            in_the_text("eligible", "loyalty.tier", "loyalty.teir"),
            put("eligible", 5, "~ '^go.*d$'", A_LOT),
            put("starts", "2027-01-01", "tomorrow", 2026, "22.11.2026"),
            put("goal", "Order", 5, ["order.completed"], "an order"),
            put("again_after", "a month", 30, "30 days"),
            put("value", "much", "1000", -1, *ODD),
            put("weight", "1,5", 1001, *ODD),
            put("cost", 0.5, "free", -1),
            put("caps", 1, "1 a month", ["month"]),
            put_in("caps", "month", 0, "1", 51, 1.5),
            put_in("caps", "fortnight", 1),
            put("treatments", "email", [], {}, 5),
            put_in("treatments", "emial", {"template": "welcome"}),
            put_in("treatments", "email", "welcome", {}, {"templat": "welcome"}),
            put_in("treatments", "email", {"template": "welcom"}, {"template": "apology voucher"}),
            put_in("treatments", "call", {"template": "retention-call"}),
        ],
    ),
    *(
        ("policies", {"policy_id": "p", **policy, "status": "live"}, [*ON_TEXTS, *hands])
        for policy, hands in [
            (
                CAP,
                [
                    put("kind", "frequency cap", "frequencycap", "", 5),
                    put("most", 3, "3 a week", {"day": "1"}, {"year": 5}, {"day": 0}),
                    put("channel", "emial", 5, ["email"]),
                    misspelt("most", "channel", "kind"),
                ],
            ),
            (
                QUIET,
                [
                    put("from", "9 pm", 21, "21h", "25:00", ""),
                    put("to", "21:00", "eight", 8),
                    put("days", ["sonntag"], 7, [7]),
                    put("then", "wait", 5),
                    misspelt("from", "to", "days"),
                ],
            ),
            (HOLDOUT, [put("percent", 101, -1, "10 %", "ten", None), misspelt("percent", "salt")]),
            (SLOTS, [put("slots", 0, -5, "many", 1.5), put("per", "minute", 5), misspelt("queue")]),
            (HUSH, [put("when", 5, "event.amount => 1", A_LOT), misspelt("when"), put("when", "")]),
        ]
    ),
    (
        "stories",
        STORY,
        [
            *ON_TEXTS,
            misspelt("when", "then", "given"),
            put("when", 5, "an order", [], {}, ["order.completed", 5]),
            put_in("when", "type", "Order", 5, ""),
            put_in("when", "after", "2 hours", 2),
            put_in("when", "propertys", {}),
            put_in("when", "properties", {"amuont": 5000}, 5, [1]),
            put("given", "gold", 5, ["gold"]),
            put_in("given", "loyalty.teir", "gold"),
            put_in("given", "loyalty.tier", 5, ["gold"], True),
            put_in("given", "loyalti.tier", "gold"),
            put_in("given", "now", "soon", 2026),
            put_in("given", "earlier", "order.completed", 5, {"type": "x.y", "ago": "long"}),
            put("then", "an e-mail", [], {}, None),
            put_in("then", "sayd", {"channel": "email"}),
            put_in("then", "said", "email", {"chanel": "email"}, 5, {"rule": 5}),
            put_in("then", "states", "thanked", {"thanks": 5}),
            put_in("then", "nothing", True, "yes", 5),
        ],
    ),
]


def make_hurried_edit(
    table: str, base: dict[str, Any], hands: Sequence[Hand], seed: int
) -> dict[str, Any]:
    luck, row = random.Random(seed), copy.deepcopy(base)  # noqa: S311 repeatable, not secret
    hands[seed % len(hands)](luck, row)
    return {**row, TABLES[table].key: f"r{seed}"}


@pytest.mark.parametrize(("table", "base", "_hands"), EDITS)
def test_the_rows_are_valid_before_they_are_edited(
    table: str, base: dict[str, Any], _hands: object
) -> None:
    assert CHECK(table, TABLES[table].tidy(base)) == []


def test_ten_thousand_hurried_edits_at_once_are_each_explained_and_do_nothing() -> None:
    edited = {"templates": ROWS["templates"], "offers": [], "policies": [], "stories": []}
    edited["rules"] = [make_hurried_edit("rules", RULE, HANDS, seed) for seed in range(6_500)]
    for place, (table, base, hands) in enumerate(EDITS):
        start = 10_000 + 500 * place
        edited[table] += [
            make_hurried_edit(table, base, hands, seed) for seed in range(start, start + 500)
        ]
    publication = publish(edited, EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD)
    assert publication.snapshot is not None
    rows = publication.snapshot["rows"]
    assert {table for table, rows_by_key in rows.items() if rows_by_key} == {"templates"}
    refused = [feedback for feedback in publication.feedback if feedback.table != "templates"]
    assert len(refused) == 10_000
    for feedback in refused:
        published = feedback.published
        assert published["status"] == "refused", feedback
        assert published["problems"], feedback
        assert all(
            find_attribute(problem) and len(problem) < 400 for problem in published["problems"]
        ), feedback
