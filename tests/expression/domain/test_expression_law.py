"""The compiled evaluator against a plain interpreter, over generated expressions and data."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.expression.domain import Expression, Scope
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
