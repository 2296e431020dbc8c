"""The functions of mappings: exact money, times in UTC, and nothing where nothing is."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kernel.errors import Rejected
from hub.kernel.jmespath_mapping import Mapper
from tests.factories import NOON

MAPPER = Mapper({"tiers": {"G": "gold"}, "sexes": {"F": "female", "*": "not said"}})


def value(expression: str, payload: Any) -> Any:
    return MAPPER.evaluate(expression, payload, "properties.x")


@given(st.decimals(-(10**9), 10**9, places=2))
def test_minor_is_exact_for_text_and_for_numbers(amount: Decimal) -> None:
    assert value("minor(a)", {"a": str(amount)}) == amount * 100
    assert value("minor(a)", {"a": float(amount)}) == amount * 100


@given(st.integers(-9999, 9999), st.decimals(0, 10**6, places=3))
def test_times_is_exact(quantity: int, price: Decimal) -> None:
    product = value("times(q, p)", {"q": str(quantity), "p": str(price)})
    assert Decimal(product) == quantity * price


def test_no_digit_is_lost_to_rounding() -> None:
    product = value("times(a, a)", {"a": "999999999999999999.999999999999999999"})
    assert product == "999999999999999999999999999999999998.000000000000000000000000000000000001"
    with pytest.raises(Rejected, match="more than 2 decimals"):
        value("minor(a)", {"a": "123456789012.000000000000000001"})


@pytest.mark.parametrize(
    "amount",
    [
        "1.005",
        "12345678901234567",
        0.001,
        "1,50",
        "1e3",
        "NaN",
        "Infinity",
        "",
        "£2",
        "1_0",
        "٣",
        1e300,
        "-",
    ],
)
def test_what_is_no_amount_is_an_error_that_names_the_field(amount: Any) -> None:
    with pytest.raises(Rejected, match=r"cannot be mapped: (is not|has more|is too)") as refusal:
        value("minor(a)", {"a": amount})
    assert refusal.value.field == "properties.x"


@pytest.mark.parametrize(
    ("given_time", "zone", "utc"),
    [
        ("2011-07-01 09:30:00", "Europe/London", "2011-07-01T08:30:00.000Z"),
        ("2011-12-01 08:26:00", "Europe/London", "2011-12-01T08:26:00.000Z"),
        ("2026-11-22T10:30:00+01:00", "Europe/London", "2026-11-22T09:30:00.000Z"),
        ("2026-11-22T10:30:00Z", "Asia/Tokyo", "2026-11-22T10:30:00.000Z"),
        ("2026-11-22", "America/New_York", "2026-11-22T05:00:00.000Z"),
    ],
)
def test_local_times_become_utc(given_time: str, zone: str, utc: str) -> None:
    assert value("time(t, z)", {"t": given_time, "z": zone}) == utc


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe", "\0"])
def test_an_unknown_zone_is_an_error(zone: str) -> None:
    with pytest.raises(Rejected, match="time zone"):
        value("time(t, z)", {"t": "2026-11-22 10:00", "z": zone})


@pytest.mark.parametrize("wrong", ["", "yesterday", "2026-02-30", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_an_error_that_does_not_quote_it(wrong: str) -> None:
    with pytest.raises(Rejected) as refusal:
        value("time(t, 'UTC')", {"t": wrong})
    assert refusal.value.reason == "cannot be mapped: is not an ISO 8601 time"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("split('12923.0', '.', `0`)", "12923"),
        ("split('a, b', ',', `1`)", "b"),
        ("split('a', ',', `1`)", None),
        ("split('', '.', `0`)", None),
        ("split('a', '', `0`)", None),
        ("split('a,b', ',', `-1`)", None),
        ("trim('  WHITE METAL LANTERN ')", "WHITE METAL LANTERN"),
        ("trim('  ')", None),
        ("lookup('G', 'tiers')", "gold"),
        ("lookup(' G ', 'tiers')", "gold"),
        ("lookup('X', 'tiers')", None),
        ("lookup('X', 'sexes')", "not said"),
        ("when('' == '', 'yes')", "yes"),
        ("when('a' == '', 'yes')", None),
        ("phone('020 7183 8750', 'GB')", "+442071838750"),
        ("phone('+49 30 23125 123', missing)", "+493023125123"),
        ("phone('call me', 'GB')", None),
        ("phone('12', 'GB')", None),
    ],
)
def test_functions_on_texts(expression: str, expected: Any) -> None:
    assert value(expression, {}) == expected


@pytest.mark.parametrize(
    "call",
    [
        "minor(@)",
        "times(@, `2`)",
        "times(`2`, @)",
        "time(@, 'UTC')",
        "phone(@, 'GB')",
        "split(@, '.', `0`)",
        "lookup(@, 'sexes')",
        "trim(@)",
    ],
)
def test_every_function_passes_null_on(call: str) -> None:
    assert value(call, None) is None


@pytest.mark.parametrize(
    "expression", ["lookup('G', 'colours')", "nonsense(", "shout(@)", "trim(`1`)", "abs('1')"]
)
def test_a_faulty_expression_is_a_rejection_not_a_crash(expression: str) -> None:
    with pytest.raises(Rejected, match="cannot be mapped"):
        value(expression, {})


def test_a_number_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(Rejected, match="usable size"):
        value("to_number(n)", {"n": "9" * 400})


def test_a_tree_drops_nulls_and_groups_of_which_nothing_is_left() -> None:
    tree = {"identities": {"email": "e", "phone": "p"}, "traits": {"person": {"name": "n"}}}
    assert MAPPER.evaluate_tree(tree, {"e": "ann@example.com"}) == {
        "identities": {"email": "ann@example.com"}
    }
    assert MAPPER.evaluate_tree({"properties": {"no": "n", "zero": "z"}}, {"n": False, "z": 0}) == {
        "properties": {"no": False, "zero": 0}
    }


def test_a_fault_in_a_tree_names_its_place() -> None:
    with pytest.raises(Rejected) as refusal:
        MAPPER.evaluate_tree({"properties": {"cart": {"amount": "minor(a)"}}}, {"a": "x"})
    assert refusal.value.field == "properties.cart.amount"


@given(st.text(), st.text(max_size=5), st.text(max_size=5))
def test_no_text_breaks_a_function_but_by_rejection(text: str, region: str, zone: str) -> None:
    payload = {"t": text, "r": region, "z": zone}
    for expression in ("minor(t)", "time(t, z)", "phone(t, r)", "split(t, r, `0`)", "times(t, r)"):
        with suppress(Rejected):
            value(expression, payload)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("26.10", "GBP", 2610),
        (26.1, "gbp", 2610),
        ("2610", "JPY", 2610),
        ("1.234", "KWD", 1234),
        ("1", None, 100),
        (None, "GBP", None),
    ],
)
def test_money_has_the_decimals_of_its_currency(
    amount: Any, currency: str | None, expected: int | None
) -> None:
    assert value("money(a, c)", {"a": amount, "c": currency}) == expected


@pytest.mark.parametrize(("amount", "currency"), [("26.1", "JPY"), ("1.2345", "KWD")])
def test_money_with_more_decimals_than_its_currency_has_is_refused(
    amount: str, currency: str
) -> None:
    with pytest.raises(Rejected, match="decimals"):
        value("money(a, c)", {"a": amount, "c": currency})


def test_seconds_since_1970_are_a_moment() -> None:
    for seconds in (1795255200.25, "1795255200.25"):
        assert value("epoch(a)", {"a": seconds}) == "2026-11-21T10:00:00.250Z"
    assert value("epoch(a)", {}) is None
    for no_time in ("soon", "9" * 18, 1e17):
        with pytest.raises(Rejected):
            value("epoch(a)", {"a": no_time})


def test_what_has_no_time_of_its_own_has_that_of_its_arrival() -> None:
    mapper = Mapper({}, NOON)
    assert mapper.evaluate("received()", {}, "occurred_at") == "2026-11-22T12:00:00.000Z"
    assert value("received()", {}) is None


def test_upper_is_in_capitals() -> None:
    assert value("upper(a)", {"a": "gbp"}) == "GBP"
    assert value("upper(a)", {}) is None


@pytest.mark.parametrize(
    ("since", "until", "seconds"),
    [
        ("2026-11-22T12:00:00Z", "2026-11-22T13:00:01+00:00", 3601),
        ("2026-11-22T12:00:00+01:00", "2026-11-22T11:00:00.5Z", 0.5),
        ("2026-11-22T12:00:00Z", "2026-11-22T11:59:00Z", -60),
        (None, "2026-11-22T12:00:00Z", None),
        ("2026-11-22T12:00:00Z", None, None),
    ],
)
def test_elapsed_is_the_seconds_between_two_times(
    since: str | None, until: str | None, seconds: float | None
) -> None:
    payload = {"since": since, "until": until}
    assert Mapper({}, NOON).evaluate("elapsed(since, until)", payload, "x") == seconds


def test_elapsed_refuses_what_is_no_time() -> None:
    with pytest.raises(Rejected, match="is not an ISO 8601 time"):
        Mapper({}, NOON).evaluate("elapsed('yesterday', 'today')", {}, "x")


def corrected(said: str | None, sent: str | None) -> Any:
    payload = {"said": said, "sent": sent}
    return Mapper({}, NOON).evaluate("corrected(said, sent)", payload, "occurred_at")


@pytest.mark.parametrize(
    ("said", "sent", "occurred_at"),
    [
        ("2026-11-22T11:59:50Z", "2026-11-22T12:00:00Z", "2026-11-22T11:59:50.000Z"),
        ("2031-01-01T00:00:00Z", "2031-01-01T00:01:00Z", "2026-11-22T11:59:00.000Z"),
        ("2026-11-22T13:00:00+01:00", "2026-11-22T12:00:01Z", "2026-11-22T11:59:59.000Z"),
        ("2026-11-20T12:00:00Z", None, "2026-11-20T12:00:00.000Z"),
        (None, "2026-11-22T11:00:00Z", "2026-11-22T12:00:00.000Z"),
        (None, None, "2026-11-22T12:00:00.000Z"),
    ],
)
def test_a_wrong_clock_is_corrected_by_when_it_says_it_sent(
    said: str | None, sent: str | None, occurred_at: str
) -> None:
    assert corrected(said, sent) == occurred_at


@pytest.mark.parametrize("wrong", ["soon", "0001-01-01T00:00:00+14:00", ""])
def test_a_clock_that_says_nonsense_is_a_rejection(wrong: str) -> None:
    with pytest.raises(Rejected, match="ISO 8601"):
        corrected(wrong, "2026-11-22T12:00:00Z")


def test_a_time_before_all_times_is_a_rejection() -> None:
    with pytest.raises(Rejected, match="too far"):
        corrected("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z")


@given(st.integers(0, 10**8), st.integers(2, 50))
def test_the_dust_of_binary_fractions_is_no_money(cents: int, parts: int) -> None:
    total = sum([cents / 100 / parts] * parts)
    assert value("money(near(total), 'GBP')", {"total": total}) == cents


def test_what_a_person_would_have_written_is_left_as_it_is() -> None:
    assert value("near(a)", {"a": "1.23456789"}) == "1.23456789"
    with pytest.raises(Rejected, match="more than 2 decimals"):
        value("money(near(a), 'GBP')", {"a": 1.234})


DOUBLED = "makes more than 1,000,000 characters"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("[@, @]" + " | [@, @]" * 40 + " | to_string(@)", DOUBLED),
        ("[@, @]" + " | [@, @]" * 40, DOUBLED),
        ("[@, @][]" + " | [@, @][]" * 40, DOUBLED),
        ("{a: @, b: @}" + " | {a: @, b: @}" * 40, DOUBLED),
        ("[" + ", ".join(["a"] * 2_000) + "]", DOUBLED),
        (
            "[" + ", ".join(["@.a"] * 900) + "] | join('', @)" + " | [@, @] | join('', @)" * 9,
            DOUBLED,
        ),
        ("map(&to_string(map(&[@, @], [@])), n)" + "[]" * 3, ""),
        ("n[].[n, to_string(@)]", ""),
        ("map(&n[*].map(&@, `[1,2,3,4,5,6,7,8,9]`), n)", ""),
        ("(" * 3_000 + "a" + ")" * 3_000, "is nested too deep"),
        ("!" * 3_000 + "a", "is nested too deep"),
        ("to_array(" * 3_000 + "a" + ")" * 3_000, "is nested too deep"),
        ("to_number('" + "9" * 5_000 + "')", "is not a number of a usable size"),
        ("to_number('1e400')", "is not a number of a usable size"),
        ("ceil(to_number('1e400'))", "OverflowError"),
        ("sum([to_number('1e400'), to_number('-1e400')])", "is not a number of a usable size"),
        ("minor(to_number('1e308'))", "at most 18 digits"),
    ],
)
def test_an_expression_without_end_is_refused(expression: str, reason: str) -> None:
    payload = {"a": "x" * 1_000, "n": list(range(300))}
    with pytest.raises(Rejected, match=reason) if reason else suppress(Rejected):
        value(expression, payload)


def test_what_an_expression_evaluates_is_counted() -> None:
    expression = "n[].[@.a, @.b, @.c]" + " | @[].[@, @]" * 4
    with pytest.raises(Rejected, match="takes more than 500,000 steps"):
        value(expression, {"n": [{"a": 1} for _ in range(30_000)]})


OPERAND_WORDS = """@ a n n[0] n[] * `1e400` `9` 'x' n[::2] d.*"""
OPERANDS = st.sampled_from(OPERAND_WORDS.split())
NAMES = """to_string to_number length reverse sort sum avg ceil abs keys values join max minor epoch
near upper trim time phone type not_null merge"""
FUNCTIONS = st.sampled_from(NAMES.split())
EXPRESSIONS = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{x: {}, y: {}}}".format, inner, inner),
        st.builds("({})[]".format, inner),
        st.builds("({})[*].[@, @]".format, inner),
        st.builds("({}) | ({})".format, inner, inner),
        st.builds("({}) == ({})".format, inner, inner),
        st.builds("map(&({}), to_array({}))".format, inner, inner),
        st.builds("{}({})".format, FUNCTIONS, inner),
        st.builds("times(to_string({}), to_number(to_string({})))".format, inner, inner),
        st.builds("join(to_string({}), map(&to_string(@), to_array({})))".format, inner, inner),
    ),
    max_leaves=24,
)


@settings(max_examples=400, deadline=None)
@given(
    EXPRESSIONS,
    st.fixed_dictionaries(
        {
            "a": st.text(max_size=5) | st.floats() | st.integers(),
            "n": st.lists(st.integers() | st.text(max_size=3) | st.none(), max_size=5),
            "d": st.dictionaries(st.text(max_size=2), st.integers(), max_size=3),
        }
    ),
)
def test_any_expression_has_a_value_or_is_refused(expression: str, payload: Any) -> None:
    with suppress(Rejected):
        value(expression, payload)
