"""The index against a plain loop over all rules: the same rules match."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.expression.domain import Scope
from hub.expression.domain.compare import OPERATORS
from hub.expression.domain.compile import compile_node
from hub.expression.domain.parse import parse
from hub.expression.domain.rule_index import RuleCondition, RuleIndex, build_plain_index
from hub.expression.domain.rule_index.bitsets import to_positions
from hub.expression.domain.rule_index.literal import Literal
from hub.expression.domain.rule_index.lookup_tables import build_plain_table, load_table
from hub.expression.domain.rule_index.normal_form import MAX_ALTERNATIVES, to_normal_form
from tests.expression.domain.test_expression_law import EXPRESSIONS, scopes
from tests.factories import NOON, a_customer, an_event

STATES = ("", "waiting", "told")
STANDING = st.dictionaries(
    st.sampled_from("st"), st.sampled_from(STATES).map(lambda state: {"state": state}), max_size=2
)
CONDITIONS = st.tuples(
    st.sampled_from("st"), st.sampled_from(STATES), st.none() | EXPRESSIONS.map(parse)
)


def find_by_loop(conditions: list[RuleCondition], scope: Scope) -> list[int]:
    return [at for at, condition in enumerate(conditions) if _holds(*condition, scope)]


def _holds(strategy: str, in_state: str, when: Any, scope: Scope) -> bool:
    standing = scope.customer.dialogues.get(strategy, {}).get("state", "")
    if in_state and standing != in_state:
        return False
    if when is None:
        return True
    verdict = compile_node(when, clause=True)
    return bool(verdict(scope.event, scope.customer, scope.now, scope.surroundings))


def find_by_index(conditions: list[RuleCondition], scope: Scope) -> list[int]:
    return RuleIndex(build_plain_index(conditions)).find_matching(scope)


@settings(max_examples=400, deadline=None)
@given(st.lists(CONDITIONS, max_size=12), scopes(), STANDING)
def test_the_index_finds_the_rules_that_a_loop_finds(
    conditions: list[RuleCondition], scope: Scope, standing: dict[str, Any]
) -> None:
    at = scope._replace(customer=replace(scope.customer, dialogues=standing))
    assert find_by_index(conditions, at) == find_by_loop(conditions, at)


def rules(*texts: str) -> list[RuleCondition]:
    return [("s", "", parse(text)) for text in texts]


@pytest.mark.parametrize("value", [None, True, False, 0, 1, 1.0, 7, -2.5, "1", "gold", "", [1], {}])
def test_every_kind_of_value_meets_every_kind_of_table(value: Any) -> None:
    given_rules = rules(
        *(f"event.a {sign} {n}" for sign in ("==", "!=", "<", "<=", ">", ">=") for n in (-1, 1, 7)),
        *(f"not event.a {sign} 1" for sign in ("==", "!=", "<", "<=", ">", ">=")),
        "event.a == True",
        "event.a != True",
        "not event.a != False",
        "event.a in [1, 7]",
        "event.a not in ['gold', '1']",
        "event.a == 'gold' or event.a == 1",
        "starts_with(event.a, 'go')",
        "not starts_with(event.a, '')",
        "known(event.a)",
        "event.a",
        "not event.a",
        "-3 < event.a <= 1",
        "not -3 < event.a <= 1",
        "event.a == 1 and event.a == 7",
    )
    scope = Scope(an_event(properties={"a": value}), a_customer(), NOON)
    assert find_by_index(given_rules, scope) == find_by_loop(given_rules, scope)


@pytest.mark.parametrize("amount", [-1, 0, 3, 3.5, 499, 500, 10**30, float("inf"), float("nan")])
def test_many_bounds_are_searched_and_not_walked(amount: float) -> None:
    given_rules = rules(
        *(f"event.amount >= {n}" for n in range(200)),
        *(f"event.amount > {n}" for n in range(0, 400, 3)),
        *(f"event.amount < {n} and event.kind == {n % 7}" for n in range(0, 500, 2)),
        *(f"{n} <= event.amount and not event.amount <= {n + 2}" for n in range(40)),
    )
    scope = Scope(an_event(properties={"amount": amount, "kind": 3}), a_customer(), NOON)
    assert find_by_index(given_rules, scope) == find_by_loop(given_rules, scope)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(tuple(OPERATORS)[2:]),
    st.lists(st.integers(0, 60), min_size=1, max_size=300),
    st.integers(-1, 61) | st.floats(-1, 61),
    st.sampled_from((300, 10**6)),
)
def test_bounds_are_distinguished_however_far_apart_their_marks_are(
    sign: str, bounds: list[int], value: float, size: int
) -> None:
    posted = [(Literal("v", sign, (bound,)), row) for row, bound in enumerate(bounds)]
    table = load_table(sign, build_plain_table(sign, posted, size), 0)
    met = [row for row, bound in enumerate(bounds) if OPERATORS[sign](value, bound)]
    assert to_positions(table(value)) == met


def test_a_condition_with_too_many_alternatives_stays_one_piece_of_code() -> None:
    text = " and ".join(f"(event.a == {n} or event.b == {n})" for n in range(20))
    rows = to_normal_form(parse(text))
    assert len(rows) <= MAX_ALTERNATIVES
    met = Scope(an_event(properties={"a": 1}), a_customer(), NOON)
    either = rules(text, " or ".join(f"event.a == {n}" for n in range(40)))
    assert find_by_index(either, met) == find_by_loop(either, met) == [1]


def test_values_that_few_rules_read_are_read_in_those_rules_only() -> None:
    given_rules = rules(*(f"event.f{n} == {n} and event.tier == 'gold'" for n in range(400)))
    plain = build_plain_index(given_rules)
    assert len(plain["terms"]) == 1
    scope = Scope(an_event(properties={"f7": 7, "tier": "gold"}), a_customer(), NOON)
    assert RuleIndex(plain).find_matching(scope) == [7]


@given(st.sets(st.integers(0, 300)))
def test_positions_come_back_in_order(positions: set[int]) -> None:
    assert list(to_positions(sum(1 << at for at in positions))) == sorted(positions)
