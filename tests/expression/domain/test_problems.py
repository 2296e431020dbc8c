"""Typical slips: each is refused with position, cause and, if there is one, a suggestion."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.expression.domain import ExpressionError, Problem, compile_expression
from hub.expression.domain.field_types import FieldTypes, build_field_types
from hub.platform.adapters.schema_folder import find_schemas_folder

TEXT = {"type": "string"}
CUSTOMER = {
    "properties": {
        "loyalty": {
            "properties": {"tier": TEXT, "since": {"type": "string", "format": "date"}},
            "type": "object",
        },
        "interests": {"type": "array"},
        "consent": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "boolean"}},
        },
    }
}
ORDER = {
    "properties": {
        "total": {"type": "integer"},
        "currency": {"type": "string", "enum": ["EUR", "CHF"]},
        "gift": {"type": ["boolean", "null"]},
    }
}
SLIPS = json.loads((Path(__file__).parents[2] / "vectors" / "expression_slips.json").read_text())
AROUND = json.loads((find_schemas_folder() / "surroundings.schema.json").read_text())
EVERY_EVENT = build_field_types(CUSTOMER, {"order.completed": ORDER}, AROUND)
FIELDS = EVERY_EVENT.for_event("order.completed")


def problems(text: str) -> list[str]:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(text, FIELDS)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip["text"])
def test_a_slip_is_explained(slip: dict[str, str]) -> None:
    assert problems(slip["text"])[0] == slip["problem"]


def test_all_problems_are_listed_in_the_order_of_the_text() -> None:
    assert [problem[:11] for problem in problems("event.totl > 1 and custmer.x == 1")] == [
        "position 1:",
        "position 20",
    ]


def test_positions_count_characters_not_bytes() -> None:
    assert problems("'äöü' == event.gift and event.totl > 1")[-1].startswith("position 25: ")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "(" * 1500,
        "[" * 1500,
        "not " * 400 + "event.gift",
        "-" * 1500 + "1",
        "a." * 900 + "b",
        " and ".join(["event.gift == True"] * 65),
        f"event.total in {[1] * 201}",
        "\x00",
        "\ud800 == 1",
        "__import__('os').system('true')",
        "event.__class__.__mro__ == 1",
        "(x := event.total) > 1",
        "[x for x in event.items]",
        "count(*event.items) > 1",
        "count(**event.items) > 1",
        "await event.total",
        "10 ** 10 ** 10 > event.total",
        "1j == event.total",
        "b'x' == event.currency",
        "... == event.total",
        "event.total > 5; event.gift",
        "event.currency ~ '^E.*$'",
    ],
)
def test_hostile_texts_are_refused(text: str) -> None:
    assert problems(text)


@given(st.text(alphabet="'\"()[]{}=<>!&|.,:#~ \n\tabcdeEvnt019_“”\\", max_size=60))
def test_any_text_either_compiles_or_is_explained(text: str) -> None:
    listed = find_problems(text)
    assert listed is None or listed
    assert all(1 <= problem.position <= len(text) + 1 for problem in listed or ())


def find_problems(text: str, fields: FieldTypes = FIELDS) -> list[Problem] | None:
    try:
        compile_expression(text, fields)
    except ExpressionError as refused:
        return refused.problems
    return None


def test_the_properties_of_an_unknown_event_may_hold_anything() -> None:
    text = "event.total > 'x' or event.whatever.below == 1 or free_slots('retention') > 1"
    assert find_problems(text)
    assert find_problems(text, EVERY_EVENT) is None
    assert find_problems("customer.loyalty.teir == 'gold' or event.tpye == 1", EVERY_EVENT)


def test_a_sequence_takes_from_two_to_five_event_types() -> None:
    assert problems("sequence('a.b')") == [
        "position 1: sequence takes 2 to 5 arguments, not 1",
    ]
    assert problems("sequence('a.b', event.total)") == [
        "position 17: sequence wants an event type in quotes: 'order.completed'",
    ]
    assert find_problems("sequence('a.b', 'c.d', 'e.f', within_hours=2)") is None


@pytest.mark.parametrize(
    "text", ["count('page.viewed', hours=1) > 31", "31 <= count('x.y', hours=2)"]
)
def test_a_count_by_hours_is_compared_with_no_more_than_it_counts_to(text: str) -> None:
    (problem,) = problems(text)
    assert "count with hours counts to 30: compare it with a smaller number" in problem
    compile_expression("count('page.viewed', hours=1) >= 30", FIELDS)
    compile_expression("count('page.viewed', days=1) >= 31", FIELDS)
