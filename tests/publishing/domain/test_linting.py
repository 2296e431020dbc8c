"""Rows that are valid but probably not what the marketer intended."""

from typing import Any

import pytest
from hypothesis import given, settings

from hub.expression.domain import Scope
from hub.expression.domain.compile import compile_source, load_code
from hub.expression.domain.parse import parse
from hub.expression.domain.rule_index.normal_form import Conjunction, to_normal_form
from hub.publishing.domain.linting import lint
from hub.publishing.domain.linting.implications import find_contradiction, implies
from hub.publishing.domain.tables import TABLES
from tests.catalogues import OFFER, SEND, a_policy, an_offer
from tests.catalogues import a_rule as a_catalogue_rule
from tests.expression.domain.test_expression_law import EXPRESSIONS, scopes
from tests.factories import NOON


def a_rule(rule_id: str = "r", **row: Any) -> dict[str, Any]:
    rule = {"rule_id": rule_id, "strategy": "cart", "event": "a.b", "when": "event.x == 1"}
    return {**rule, "move_to": "done", "status": "live", **row}


def warnings(*rows: dict[str, Any]) -> dict[str, list[str]]:
    by_row = lint({"rules": {row["rule_id"]: row for row in rows}}, {}, NOON)
    return {key: sentences for (_, key), sentences in by_row.items()}


def test_a_rule_like_most_has_none() -> None:
    assert warnings(a_rule(), a_rule("next", in_state="done", move_to="told")) == {}


def test_a_state_that_no_rule_moves_to() -> None:
    assert warnings(a_rule(), a_rule("next", in_state="doen")) == {
        "next": ["in_state 'doen': no rule moves the dialogue cart there: did you mean done?"]
    }
    assert "next" in warnings(
        a_rule(strategy="other"), a_rule("next", in_state="done", move_to="x")
    )


def test_a_rule_for_everybody_has_to_say_so() -> None:
    everybody = a_rule()
    del everybody["when"]
    warning = "without when it matches every customer with a.b: set audience to everybody if you"
    assert warnings(everybody) == {"r": [f"{warning} mean that"]}
    assert warnings({**everybody, "audience": "everybody"}) == {}


def test_a_rule_on_an_event_of_a_product_never_runs() -> None:
    (warning,) = warnings(a_rule(event="stock.changed"))["r"]
    assert warning.startswith("event 'stock.changed' is not one of customers, so this never runs")


@pytest.mark.parametrize(
    ("when", "field"),
    [
        ("event.x == 1 and event.x == 2", "event.x"),
        ("customer.loyalty.tier == 'gold' and customer.loyalty.tier in ['silver', 'bronze']",
         "customer.loyalty.tier"),
        ("event.x > 5 and event.x < 5", "event.x"),
        ("event.x >= 5 and event.x < 5", "event.x"),
        ("10 < event.x < 2", "event.x"),
        ("event.x == 3 and event.x > 7", "event.x"),
        ("event.x == 'a' and event.x != 'a'", "event.x"),
        ("event.x == 1 and not event.x == 1", "event.x"),
        ("event.x > 9 and not event.x > 5", "event.x"),
        ("event.x == 'a' and event.x > 1", "event.x"),
        ("event.x != 'a' and event.x > 1", "event.x"),
        ("now > '2026-02-01' and now < '2026-01-01'", "now"),
        ("customer.consent.email.marketing and not customer.consent.email.marketing",
         "customer.consent.email.marketing"),
        ("starts_with(event.x, 'ab') and event.x == 'cd'", "event.x"),
        ("(event.x == 1 or event.x == 2) and event.x == 3", "event.x"),
        ("seen('a.b', days=3) and not seen('a.b', days=3)", "seen('a.b', days=3)"),
        ("weekday() == 'monday' and weekday() == 'sunday'", "weekday()"),
        ("stock(event.sku) > 5 and stock(event.sku) < 5", "stock(event.sku)"),
        ("surroundings.queues.x.free > 5 and 3 > surroundings.queues.x.free",
         "surroundings.queues.x.free"),
    ],
)  # fmt: skip
def test_a_condition_that_never_holds(when: str, field: str) -> None:
    warning = f"when can never be true: its tests of {field} contradict each other"
    assert warnings(a_rule(when=when)) == {"r": [warning]}


@pytest.mark.parametrize(
    "when",
    [
        "event.x >= 5 and event.x <= 5",
        "event.x == 1 or event.x == 2",
        "event.x in [1, 2] and event.x in [2, 3]",
        "(event.x == 1 and event.x == 2) or event.y == 1",
        "event.x not in ['a'] and event.x > 5",
    ],
)
def test_a_condition_that_may_hold(when: str) -> None:
    assert "never" not in str(warnings(a_rule(when=when)))


def test_two_rules_with_the_same_condition() -> None:
    assert warnings(a_rule(), a_rule("s")) == {
        "s": ["rule r has the same event, state and condition"]
    }
    assert warnings(a_rule(), a_rule("s", strategy="other")) == {}


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("event.x > 5", "event.x > 7 and event.y == 1"),
        ("event.x >= 5", "event.x > 5"),
        ("event.x in ['a', 'b']", "event.x == 'a'"),
        ("event.x == 1 or event.y == 2", "event.y == 2 and event.z"),
        ("not event.x > 7", "not event.x > 5"),
        ("starts_with(event.x, 'a')", "starts_with(event.x, 'ab')"),
    ],
)
def test_a_move_that_another_rule_always_makes_first(wide: str, narrow: str) -> None:
    first = a_rule("first", when=wide, priority=5, move_to="a")
    late = a_rule("late", when=narrow, move_to="b")
    reason = "rule first comes first and moves the dialogue to 'a' whenever this rule matches"
    assert warnings(first, late)["late"] == [f"move_to 'b' never happens: {reason}"]
    assert warnings({**first, "priority": -1}, late).get("late") is None
    assert warnings({**first, "ends": "2026-01-01"}, late).get("late") is None
    assert warnings({**first, "status": "shadow"}, late).get("late") is None


def a_waiting_rule(rule_id: str, event: str, then: str, **row: Any) -> dict[str, Any]:
    wait = [{"do": "wait", "for": "1d", "then": then}]
    return a_rule(rule_id, event=event, then=wait, **{"move_to": "", **row})


def test_waits_in_an_endless_loop() -> None:
    ping, pong = a_waiting_rule("ping", "a.b", "c.d"), a_waiting_rule("pong", "c.d", "a.b")
    warning = "it triggers itself in an endless loop, without a new state: "
    assert warnings(ping, pong) == {
        "ping": [warning + "ping > pong > ping"],
        "pong": [warning + "pong > ping > pong"],
    }
    assert warnings(ping) == {}
    assert "self" in warnings(a_waiting_rule("self", "a.b", "a.b"))


def test_a_loop_in_which_the_dialogue_changes_its_state_ends() -> None:
    entry = a_rule("entry", event="e.f", move_to="one")
    ping = a_waiting_rule("ping", "a.b", "c.d", in_state="one", move_to="two")
    assert warnings(entry, ping, a_waiting_rule("pong", "c.d", "a.b")) == {}
    elsewhere = a_waiting_rule("pong", "c.d", "a.b", in_state="three")
    moving = a_waiting_rule("ping", "a.b", "c.d", move_to="x")
    assert "triggers itself" not in str(warnings(moving, elsewhere))


def an_emitting_rule(rule_id: str, event: str, then: str) -> dict[str, Any]:
    return a_rule(rule_id, event=event, then=[{"do": "emit", "event": then}], move_to="")


def test_emitted_events_in_an_endless_loop() -> None:
    ping, pong = an_emitting_rule("ping", "a.b", "c.d"), a_waiting_rule("pong", "c.d", "a.b")
    assert warnings(ping, pong)["ping"] == [
        "it triggers itself in an endless loop, without a new state: ping > pong > ping"
    ]


def lint_rows(*rows: dict[str, Any]) -> dict[str, list[str]]:
    """The warnings of rows of all tables, by key."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        table = next(name for name, table in TABLES.items() if table.key in row)
        tables.setdefault(table, {})[row[TABLES[table].key]] = row
    return {key: sentences for (_, key), sentences in lint(tables, {}, NOON).items()}


OFFERING = a_catalogue_rule("r", OFFER, audience="everybody")


@pytest.mark.parametrize(
    ("verb", "warning"),
    [
        ({"tag": "spin"}, "then[1] offer: tag 'spin': no live offer has it: did you mean spring?"),
        ({"offer": "bean"}, "then[1] offer 'bean': there is no such offer: did you mean beans?"),
        ({"offer": "old"}, "then[1] offer 'old': it is paused, so no customer gets it"),
        (
            {"tag": "spring", "channels": ["sms"]},
            "then[1] offer: tag 'spring': none of its offers has a treatment for sms",
        ),
    ],
)
def test_a_rule_requests_an_offer_that_does_not_exist(verb: dict[str, Any], warning: str) -> None:
    wrong = a_catalogue_rule("wrong", {"do": "offer", **verb}, audience="everybody")
    offers = an_offer("beans"), an_offer("old", status="paused")
    assert lint_rows(OFFERING, wrong, *offers) == {"wrong": [warning]}


def test_a_queue_that_nobody_else_names() -> None:
    call = {"do": "call", "template": "t", "reason": "x"}
    sales = a_catalogue_rule("sales", {**call, "queue": "sales"}, audience="everybody")
    mistyped = a_catalogue_rule("mistyped", {**call, "queue": "sale"}, audience="everybody")
    slots = a_policy("capacity", queue="sales", slots=5)
    assert lint_rows(sales, slots) == {}
    warning = "queue 'sale': no capacity policy and no other row names it: did you mean sales?"
    assert lint_rows(sales, slots, mistyped) == {"mistyped": [warning]}
    by_phone = an_offer("o", treatments={"call": {"template": "t", "queue": "sale"}})
    assert lint_rows(OFFERING, sales, slots, by_phone) == {"o": [warning]}
    assert lint_rows(mistyped) == {}


@pytest.mark.parametrize(
    ("policy", "start"),
    [
        (a_policy("holdout", percent=5, offer="bean"), "offer 'bean': there is no such offer: did"),
        (a_policy("holdout", percent=5, strategy="s"), "strategy 's': no rule has this strategy"),
        (a_policy("budget", amount=5, category="tea"), "category 'tea': no offer and no message"),
        (a_policy("context_weight", weight=2, tag="summer"), "tag 'summer': no offer has this tag"),
        (a_policy("capacity", queue="q", slots=1), "queue 'q': no rule and no offer uses this"),
    ],
)
def test_a_policy_about_a_name_that_no_row_uses(policy: dict[str, Any], start: str) -> None:
    (warning,) = lint_rows(OFFERING, an_offer("beans"), policy)["p"]
    assert warning.startswith(start)


@pytest.mark.parametrize(
    ("offer", "warning"),
    [
        ({"ends": "2026-01-31"}, "it ended with 2026-01-31, so no customer gets it"),
        ({"tags": ["autumn"]}, "no rule requests it by its id or by its tag autumn"),
        ({"tags": []}, "no rule requests it by its id, and it has no tag"),
        (
            {"treatments": {"sms": {"template": "t"}}},
            "the rules that request it want email, but its treatments are for sms",
        ),
        (
            {"eligible": "event.x == 1 and event.x == 2"},
            "eligible can never be true: its tests of event.x contradict each other",
        ),
    ],
)
def test_an_offer_that_can_never_win(offer: dict[str, Any], warning: str) -> None:
    by_mail = {**OFFER, "channels": ["email"]}
    rule = a_catalogue_rule("mailing", by_mail, audience="everybody")
    assert lint_rows(rule, an_offer("good"), an_offer("never", **offer)) == {"never": [warning]}
    assert lint_rows(rule, an_offer("good"), an_offer("never", **offer, status="draft")) == {}


def test_an_offer_for_an_inbound_channel_needs_no_rule() -> None:
    assert lint_rows(an_offer("shown", treatments={"web": {"template": "t"}})) == {}


def test_a_story_names_a_rule_and_a_strategy_that_do_not_exist() -> None:
    then = {"not": {"rule": "welcom"}, "states": {"car": ""}}
    story = {"story_id": "story", "when": "a.b", "then": then, "status": "live"}
    rule = a_catalogue_rule("welcome", SEND, audience="everybody", strategy="cart")
    assert lint_rows(rule, story) == {
        "story": [
            "then names the rule 'welcom', which does not exist: did you mean welcome?",
            "then.states.car: no rule has this strategy: did you mean cart?",
        ]
    }


def holds(row: Conjunction, scope: Scope) -> bool:
    return all(load_code(compile_source(literal.write_source()))(*scope) for literal in row)


def test_a_flag_is_no_number() -> None:
    """To Python False and 0 are equal."""
    flag, number = (to_normal_form(parse(f"event.a == {value}"))[0] for value in ("False", "0"))
    assert not implies(flag, number)
    assert find_contradiction((*flag, *number)) == "event.a"


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS, scopes())
def test_contradictions_and_implications_are_true_of_data(
    text: str, other: str, scope: Scope
) -> None:
    rows = [*to_normal_form(parse(text)), *to_normal_form(parse(f"({text}) and ({other})"))]
    for row in rows:
        if holds(row, scope):
            assert find_contradiction(row) is None
            assert all(holds(implied, scope) for implied in rows if implies(row, implied))
