"""Stories: what marketers expect of their catalogue, played through it."""

from typing import Any

import pytest

from hub.catalogue.domain.row_reader import InvalidRow
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.domain.stories import find_mismatches, story_from_row
from tests.catalogues import CALL, OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer
from tests.factories import NOON

CATALOGUE = a_catalogue(
    a_rule("viewed", SEND, strategy="cart", move_to="told", when="event.price > 5"),
    a_rule("left", {"do": "wait", "for": "1h", "then": "cart.due"}, event="cart.left"),
    a_rule("due", SEND, event="cart.due", in_state="told", strategy="cart", move_to="reminded"),
    a_rule("asked", CALL, event="complaint.filed"),
    a_rule("found", {"do": "emit", "event": "interest.found"}, event="search.performed"),
    a_rule("offered", OFFER, event="interest.found"),
    an_offer("beans", eligible="customer.loyalty.tier == 'gold'", product="beans"),
)
LETTER = "a message of rule viewed by email with template letter"
CHEAP = "On page.viewed: nothing was done, as rule viewed wanted event.price > 5 but saw missing"
VIEWED = {"type": "page.viewed", "properties": {"price": 9}}


def mismatches(
    when: Any, then: dict[str, Any], catalogue: Any = CATALOGUE, **given: Any
) -> list[str]:
    row = {"story_id": "s", "given": given, "when": when, "then": then, "status": "live"}
    return find_mismatches(story_from_row(row, FieldTypes()), catalogue, NOON)


@pytest.mark.parametrize(
    ("when", "then"),
    [
        (VIEWED, {"said": {"rule": "viewed", "channel": "email", "template": "letter"}}),
        (VIEWED, {"not": {"channel": "call"}, "states": {"cart": "told"}}),
        ("page.viewed", {"nothing": True, "states": {"cart": ""}}),
        ("cart.left", {"waits": "cart.due", "not": {"rule": "due"}}),
        ([VIEWED, "cart.left", {"after": "2h"}], {"said": {"rule": "due"}}),
        ([VIEWED, "cart.left", {"after": "59m"}], {"not": {"rule": "due"}}),
        ("complaint.filed", {"said": {"channel": "call", "queue": "retention"}}),
        ("search.performed", {"emits": ["interest.found"]}),
    ],
)
def test_a_story_that_holds(when: Any, then: dict[str, Any]) -> None:
    assert mismatches(when, then) == []


def test_conditions_see_the_given_fields() -> None:
    offered = {"said": {"offer": "beans"}}
    assert mismatches("search.performed", offered, **{"loyalty.tier": "gold"}) == []
    assert mismatches("search.performed", offered, customer={"loyalty": {"tier": "gold"}}) == []
    gone = {"loyalty.tier": "gold", "surroundings.stock.beans.available": 0}
    assert "beans is out of stock" in str(mismatches("search.performed", offered, **gone))
    refused = {"loyalty.tier": "gold", "consent.email.marketing": False}
    assert "no consent" in str(mismatches("search.performed", offered, **refused))


def test_a_story_may_begin_in_a_dialogue_and_after_an_event() -> None:
    catalogue = a_catalogue(a_rule("r", SEND, when="seen('order.completed', days=7)", in_state="x"))
    given: dict[str, Any] = {
        "dialogues.r.state": "x",
        "earlier": {"type": "order.completed", "ago": "3d"},
    }
    assert mismatches("page.viewed", {"said": {"rule": "r"}}, catalogue, **given) == []
    given["earlier"] = [{"type": "order.completed", "ago": "8d"}]
    assert mismatches("page.viewed", {"nothing": True}, catalogue, **given) == []


def test_a_story_may_play_at_another_time() -> None:
    catalogue = a_catalogue(a_rule("r", SEND, ends="2026-01-31"))
    assert mismatches("page.viewed", {"nothing": True}, catalogue) == []
    assert mismatches("page.viewed", {"said": {"rule": "r"}}, catalogue, now="2026-01-15") == []


def test_stories_have_no_holdouts() -> None:
    catalogue = a_catalogue(a_rule("r", SEND), a_policy("holdout", percent=100))
    assert mismatches("page.viewed", {"said": {"rule": "r"}}, catalogue) == []


@pytest.mark.parametrize(
    ("when", "then", "mismatch"),
    [
        (
            VIEWED,
            {"said": {"rule": "viewed", "channel": "sms"}},
            f"then.said[1]: expected a message of rule viewed by sms, got {LETTER}",
        ),
        (
            "page.viewed",
            {"said": {"channel": "email"}},
            f"then.said[1]: expected a message by email, got nothing: {CHEAP}",
        ),
        (
            VIEWED,
            {"not": [{"rule": "due"}, {"channel": "email"}]},
            f"then.not[2]: expected no message by email, got {LETTER}",
        ),
        (
            VIEWED,
            {"states": {"cart": "reminded"}},
            "then.states.cart: expected the state 'reminded', got the state 'told'",
        ),
        (
            "page.viewed",
            {"states": {"cart": "told"}},
            "then.states.cart: expected the state 'told', got no dialogue",
        ),
        ("cart.left", {"waits": "cart.du"}, "then.waits: expected cart.du, got cart.due"),
        ("cart.left", {"emits": "x.y"}, "then.emits: expected x.y, got nothing"),
        ("cart.left", {"nothing": True}, "then.nothing: expected nothing, got a wait for cart.due"),
    ],
)
def test_a_story_that_fails_explains_what_was_expected_and_what_happened(
    when: Any, then: dict[str, Any], mismatch: str
) -> None:
    assert mismatches(when, then) == [mismatch]


def test_a_story_without_end_fails() -> None:
    wait = {"do": "wait", "for": "1s", "then": "page.viewed"}
    round_and_round = a_rule("r", wait, wait, wait)
    story = ["page.viewed", {"after": "1d"}]
    (mismatch,) = mismatches(story, {"nothing": True}, a_catalogue(round_and_round))
    assert mismatch.startswith("then never ends")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"when": ""}, "when is missing: it must be an event such as {'type': 'order.completed'}"),
        ({"when": 5}, "when is 5: it must be a map such as {'type': 'cart.left'}"),
        ({"when": "Order"}, "when.type 'Order' is not an event type such as order.completed"),
        ({"when": [{"typ": "a.b"}]}, "when[1].type is missing"),
        (
            {"when": {"type": "a.b", "after": "soon"}},
            "when.after 'soon' must be a number and a unit",
        ),
        ({"when": ["a.b"] * 21}, "when has 21 events: it may have 20"),
        ({"when": {"type": "a.b", "traits": {"loyalty": 5}}}, "when.traits.loyalty is 5"),
        ({"then": None}, "then is missing: it must be a map of said, not, states, waits"),
        ({"then": {"siad": {}}}, "then.siad is not known here: did you mean said?"),
        ({"then": {"said": "email"}}, "then.said is 'email': it must be a map of rule, offer"),
        ({"then": {"said": {"chanel": "x"}}}, "then.said.chanel is not known here: did you mean"),
        ({"then": {"said": [{"rule": 5}]}}, "then.said[1].rule is 5: it must be a text"),
        ({"then": {"nothing": "yes"}}, "then.nothing is 'yes': it must be true"),
        ({"then": {"nothing": True, "waits": "a.b"}}, "then.nothing is true, so leave out said"),
        ({"then": {"states": {"cart": 5}}}, "then.states.cart is 5: it must be a text"),
        ({"given": "gold"}, "given is 'gold': it must be a map such as"),
        ({"given": {"tier": "gold"}}, "given.tier is not known"),
        ({"given": {"loyalty": "gold"}}, "given.customer.loyalty is 'gold': name one of its"),
        ({"given": {"now": "soon"}}, "given.now 'soon' is not a date"),
        ({"given": {"now": "9999-12-31"}}, "given.now is not in the years 1970 to 2999"),
        ({"given": {"now": "0001-01-01"}}, "given.now is not in the years 1970 to 2999"),
        ({"given": {"earlier": "a.b"}}, "given.earlier.ago is missing: how long before now"),
        (
            {"status": "alive"},
            "status 'alive' is not one of draft, live, paused: did you mean live",
        ),
    ],
)
def test_an_invalid_story_is_refused(row: dict[str, Any], problem: str) -> None:
    story = {"story_id": "s", "when": "a.b", "then": {"nothing": True}, "status": "live", **row}
    with pytest.raises(InvalidRow) as raised:
        story_from_row(story, FieldTypes())
    assert raised.value.problems[0].startswith(problem), raised.value.problems
