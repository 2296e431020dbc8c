"""The compiled evaluator against a plain interpreter, over generated expressions and data."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.expression.domain import Expression, ExpressionError, Scope
from hub.expression.domain.parse import parse
from hub.model.customer import Customer
from hub.surroundings.domain.surroundings import Surroundings
from tests.expression_interpreter import holds
from tests.factories import NOON, a_customer, an_event

TEXTS = ("gold", "go", "", "it's", "2026-11-22", "2026-11-22T12:00:00Z", "2025-01-01", "2026-99-99")
FIELDS = (
    "event.a",
    "event.b",
    "event.deep.c",
    "event.type",
    "event.occurred_at",
    "event.context.d",
    "customer.loyalty.tier",
    "customer.place.city",
    "customer.consent.email.marketing",
    "surroundings.stock.gold.available",
    "surroundings.queues.go.free",
    "surroundings.queues.go.waiting",
    "surroundings.promotions.gold.active",
    "now",
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(-3, 3),
    st.sampled_from(TEXTS),
    st.lists(st.one_of(st.integers(-2, 2), st.sampled_from(TEXTS), st.booleans()), max_size=3),
    st.just({}),
)
CONSTANTS = st.one_of(
    st.integers(-3, 3).map(repr), st.floats(-3, 3).map(repr), st.sampled_from(TEXTS).map(repr)
)
LISTS = st.one_of(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map(repr),
    st.lists(st.integers(-3, 3), min_size=1, max_size=3).map(repr),
)
CALLS = (
    "lower(event.a)",
    "size(event.b)",
    "upper('gold')",
    "stock(event.a)",
    "stock('gold')",
    "free_slots(event.b)",
    "promotion(event.a)",
)
TERMS = st.one_of(st.sampled_from(FIELDS), st.sampled_from(CALLS))
SIGNS = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
MEMBERSHIP = st.sampled_from((" in ", " not in "))
TRUTHS = st.builds("{} {} {}".format, TERMS, st.sampled_from(("==", "!=")), st.booleans())
CLAUSES = st.one_of(
    st.builds("{} {} {}".format, TERMS, SIGNS, CONSTANTS),
    st.builds("{} {} {}".format, CONSTANTS, SIGNS, TERMS),
    st.builds("{} {} {}".format, TERMS, SIGNS, TERMS),
    st.builds("{} {} {} {} {}".format, CONSTANTS, SIGNS, TERMS, SIGNS, CONSTANTS),
    st.builds("{}{}{}".format, TERMS, MEMBERSHIP, LISTS),
    st.builds(
        "{}{}{}".format, st.one_of(TERMS, CONSTANTS), MEMBERSHIP, st.sampled_from(FIELDS[:3])
    ),
    TRUTHS,
    st.sampled_from(FIELDS[:3]),
    st.builds("known({})".format, st.sampled_from(FIELDS)),
    st.builds("starts_with({}, 'go')".format, TERMS),
    st.builds("promotion({})".format, TERMS),
)
EXPRESSIONS = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=5,
)

NUMBERS = st.integers(-3, 3)
NAMES = st.sampled_from(TEXTS[:3])
AROUND = st.builds(
    Surroundings,
    stock=st.dictionaries(NAMES, st.fixed_dictionaries({}, optional={"available": NUMBERS})),
    queues=st.dictionaries(
        NAMES, st.fixed_dictionaries({}, optional={"free": NUMBERS, "waiting": NUMBERS})
    ),
    promotions=st.dictionaries(NAMES, st.fixed_dictionaries({"active": st.booleans()})),
)


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    properties = draw(
        st.fixed_dictionaries(
            {}, optional={"a": VALUES, "b": VALUES, "deep": st.one_of(VALUES, _block("c"))}
        )
    )
    event = an_event(properties=properties, context=draw(_block("d")))
    consent: Any = draw(
        st.one_of(st.just({}), st.fixed_dictionaries({"email": _block("marketing")}))
    )
    customer: Customer = a_customer(loyalty=draw(_block("tier")), place=draw(_block("city")))
    blocks = {"loyalty": customer.loyalty, "place": customer.place, "consent": consent}
    return Scope(event, Customer(customer_id="c-1", **blocks), NOON, draw(AROUND))


def _block(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: VALUES})


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS, scopes())
def test_compiled_and_interpreted_give_one_verdict(text: str, scope: Scope) -> None:
    assert unchecked(text).matches(scope) is holds(parse(text), scope)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, scopes())
def test_there_is_a_failing_clause_just_when_the_expression_fails(text: str, scope: Scope) -> None:
    expression = unchecked(text)
    failure = expression.find_false_clause(scope)
    assert (failure is None) == expression.matches(scope)
    assert failure is None or failure.clause in text


def unchecked(text: str) -> Expression:
    """Compiled whatever the fields: the check must never be what keeps evaluation safe."""
    return Expression(text, parse(text))


HUGE = st.one_of(
    st.integers(),
    st.integers(10**300, 10**301),
    st.floats(),
    st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x" * 999]),
    st.lists(st.integers(), max_size=3),
    st.booleans(),
)
CONDITIONS = """distance_km(event.a, event.b, event.a, event.b) < 5|age(event.a) > 3|now < event.b
days_since(event.a) > 3|days_until(event.a) < 3|days_until_anniversary(event.a) < 3
size(event.a) > 3|event.a < event.b|event.a == event.b|event.a in event.b|event.a > now
lower(event.a) == upper(event.b)|contains(event.a, event.b)|event.a >= '2026-11-22'
event.a < 1e300|known(event.a)"""
DEMANDING = st.sampled_from(CONDITIONS.replace("\n", "|").split("|"))


@settings(max_examples=400)
@given(DEMANDING, HUGE, HUGE)
def test_no_value_of_an_event_makes_a_condition_fail(text: str, a: Any, b: Any) -> None:
    scope = Scope(an_event(properties={"a": a, "b": b}), a_customer(), NOON)
    assert Expression(text, parse(text)).matches(scope) in (True, False)


WORDS = """( ) [ ] not and or in == < , ** * + - event.a 1e400 'x' now lower( size( 9 : lambda if
else {} . = := await f'' \\ # @ 0x 1_0 ..."""


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS.split()),
        max_size=40,
    ),
    st.sampled_from([1, 1, 50]),
)
def test_any_text_is_a_condition_or_is_refused(words: list[str], times: int) -> None:
    with suppress(ExpressionError):
        parse(" ".join(words * times))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "event.a" + ")" * 500,
        "not " * 400 + "event.a",
        "-" * 1_500 + "1 < event.a",
        "event.a == " + "[" * 300 + "]" * 300,
        "event" + ".a" * 900 + " == 1",
        " and ".join(["event.a"] * 200),
        " or ".join(["event.a == 1"] * 150),
        "event.a < " + " < ".join(["1"] * 400),
        "event.a ** event.a ** 9 > 1",
        "'x' * 999999999 == event.a",
        "event.a in [" + ", ".join(["1"] * 400) + "]",
        "event.a < 1e400",
        "lower(" * 300 + "event.a" + ")" * 300 + " == 'x'",
        "event.a == '" + "x" * 2_000 + "'",
    ],
)
def test_a_condition_without_end_is_refused_or_evaluated(text: str) -> None:
    with suppress(ExpressionError):
        scope = Scope(an_event(properties={"a": 1}), a_customer(), NOON)
        assert Expression(text, parse(text)).matches(scope) in (True, False)
