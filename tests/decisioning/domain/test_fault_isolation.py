"""Whatever a rule, an offer or a policy raises in a decision costs that row alone: the event is
decided, the other rules do what they do, and the receipt names the row."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.reconsideration import DEFERRED
from hub.decisioning.domain.verbs import EXECUTORS
from hub.expression.domain.rule_index import RuleIndex
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.decision import Decision
from tests.catalogues import OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer, decide_on
from tests.factories import NOON, a_customer, an_event
from tests.faulty_libraries import ERRORS, LIBRARY_TEXT, MARK, PASSING_ERRORS, failing, has_mark

NOT_MARKED = f"customer.person.first_name != '{MARK}'"
GOOD = (
    a_rule("remember", {"do": "set", "trait": "interests.seen", "value": True}),
    a_rule("notice", {"do": "send", "template": "notice", "channel": "email"}),
    a_rule("moves", {"do": "emit", "event": "a.b"}, move_to="there"),
)
ODD: dict[str, dict[str, Any]] = {
    "rules/condition": a_rule("condition", SEND, when=NOT_MARKED),
    "rules/unmet": a_rule("unmet", SEND, when=f"customer.person.first_name == '{MARK}'"),
    "rules/setter": a_rule("setter", {"do": "set", "trait": f"interests.{MARK}", "value": 1}),
    "rules/sender": a_rule("sender", {**SEND, "category": MARK}),
    "rules/shadow": a_rule("shadow", {**SEND, "category": MARK}, status="shadow"),
    "offers/beans": an_offer("beans", eligible=NOT_MARKED, name=MARK),
    "offers/goal": an_offer("goal", goal="page.viewed", goal_when=NOT_MARKED),
    "policies/suppression": a_policy("suppression", "p1", when=NOT_MARKED, category=MARK),
    "policies/context_weight": a_policy("context_weight", "p2", when=NOT_MARKED, weight=2),
    "policies/frequency_cap": a_policy("frequency_cap", "p3", most={"day": 9}, category=MARK),
}
ASKS = a_rule("asks", OFFER)
_ANN = a_customer()
CONTACTED = _ANN.with_contact_history(
    _ANN.contact_history.record_contact(NOON, "email", category="x", offer="", action_id="a-1")
)
RESTRICTING = ("policies/suppression", "policies/frequency_cap")
MATCHES = "hub.expression.domain:Expression.matches"
CALLS: dict[str, tuple[int, ...]] = {
    MATCHES: (0,),
    "hub.expression.domain:Expression.find_false_clause": (0,),
    "hub.catalogue.domain.offer:Goal.is_reached_by": (0,),
    "hub.decisioning.domain.arbitration:determine_claims": (0, 1),
    "hub.decisioning.domain.arbitration:Arbitration._find_candidates": (1,),
    "hub.decisioning.domain.eligibility:EligibilityGates.find_closed_offer_gate": (1,),
    "hub.decisioning.domain.eligibility:EligibilityGates.find_closed_gate": (1, 2),
    "hub.decisioning.domain.eligibility:EligibilityGates._check_frequency_cap": (1,),
    "hub.decisioning.domain.ranking:Ranking._score_candidate": (1, 2),
    "hub.decisioning.domain.fulfil_requests:build_message": (0,),
    "hub.decisioning.domain.explain_rules:_explain_mismatch": (0,),
    "hub.profile.domain.traits:_set_field": (1,),
}
"""What a decision calls about one row, and at which arguments it gets the row or what was read of
it."""


def make_catalogue(name: str) -> Catalogue:
    return a_catalogue(*GOOD, ASKS, ODD[name])


def decide_under(
    name: str, call: str, error: BaseException
) -> tuple[Customer, Decision, list[str]]:
    """Decides with one odd row. The index is left out, so that each condition is evaluated."""
    catalogue = make_catalogue(name)

    def fail_index(*_: Any) -> Any:
        raise LookupError(LIBRARY_TEXT)

    with (
        patch.object(RuleIndex, "find_matching", fail_index),
        failing(call, error, positions=CALLS[call]) as raised,
    ):
        customer, decision = decide_on(catalogue, CONTACTED, an_event())
    return customer, decision, raised


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(ODD)), st.sampled_from(sorted(CALLS)), ERRORS)
def test_the_other_rules_do_what_they_do_and_the_receipt_names_the_row(
    name: str, call: str, error: BaseException
) -> None:
    customer, decision, raised = decide_under(name, call, error)
    assert customer.interests["seen"] is True
    assert customer.dialogues["moves"]["state"] == "there"
    assert "notice" in {action.rule_id for action in decision.actions}
    assert [emitted["type"] for emitted in decision.emitted] == ["a.b"]
    assert LIBRARY_TEXT not in str(decision.receipt)
    if raised:
        assert list(decision.receipt["faults"]) == [name]
        assert name in decision.receipt["sentence"]
        marketing = {action.rule_id for action in decision.actions} - {"notice"}
        assert not (name in RESTRICTING and marketing)


@pytest.mark.parametrize("call", sorted(CALLS))
def test_each_call_is_made_about_some_row(call: str) -> None:
    assert any(decide_under(name, call, AttributeError(LIBRARY_TEXT))[2] for name in ODD)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(CALLS)), PASSING_ERRORS)
def test_what_no_row_can_cause_is_raised(call: str, error: Exception) -> None:
    catalogue = a_catalogue(*GOOD, ASKS, *ODD.values())
    with failing(call, error, always=True), pytest.raises(type(error)):
        decide_on(catalogue, CONTACTED, an_event())


def test_without_its_index_a_catalogue_decides_the_same() -> None:
    catalogue = a_catalogue(*GOOD, ASKS, ODD["rules/condition"], ODD["offers/beans"])
    expected = decide_on(catalogue, a_customer(), an_event())
    with patch.object(RuleIndex, "find_matching", side_effect=IndexError(LIBRARY_TEXT)):
        assert decide_on(catalogue, a_customer(), an_event()) == expected


def test_several_faulty_rows_are_all_named() -> None:
    catalogue = a_catalogue(*GOOD, ASKS, *ODD.values())
    with failing(MATCHES, KeyError(LIBRARY_TEXT), positions=(0,)):
        _, decision = decide_on(catalogue, a_customer(), an_event())
    assert set(decision.receipt.get("faults", ())) >= {"policies/suppression", "offers/goal"}
    assert {action.rule_id for action in decision.actions} == {"notice"}


def test_rules_that_fail_only_together_are_all_left_out() -> None:
    catalogue = a_catalogue(*GOOD, ODD["rules/setter"], ODD["rules/sender"])
    found = EXECUTORS[next(kind for kind in EXECUTORS if kind.do == "set")]

    def fail(verb: Any, context: Any) -> Any:
        if has_mark(verb) and "seen" in context.decision.scope.customer.interests:
            raise RuntimeError(LIBRARY_TEXT)
        return found(verb, context)

    set_trait = next(kind for kind in EXECUTORS if kind.do == "set")
    with patch.dict(EXECUTORS, {set_trait: fail}):
        _, decision = decide_on(catalogue, a_customer(), an_event())
    assert "rules/setter" in decision.receipt["faults"]
    assert {action.rule_id for action in decision.actions} >= {"notice"}


def test_a_rule_whose_template_the_catalogue_does_not_have_is_left_out() -> None:
    catalogue = a_catalogue(*GOOD, a_rule("lost", {**SEND, "template": "gone"}))
    customer, decision = decide_on(catalogue, a_customer(), an_event())
    assert decision.receipt["faults"] == {"rules/lost": "catalogue 7 has no template gone"}
    assert customer.interests["seen"] is True


def test_a_rule_that_cannot_be_read_is_left_out() -> None:
    catalogue = a_catalogue(*GOOD, ODD["rules/condition"])
    book = catalogue.rules["page.viewed"]
    book._rules[:] = [None] * len(book)
    with failing("hub.catalogue.domain.row_reader:compile_expression", KeyError(LIBRARY_TEXT)):
        customer, decision = decide_on(catalogue, a_customer(), an_event())
    assert list(decision.receipt["faults"]) == ["rules/condition"]
    assert customer.interests["seen"] is True


@settings(max_examples=60, deadline=None)
@given(ERRORS)
def test_an_event_that_cannot_be_applied_is_rejected_with_the_reason(error: BaseException) -> None:
    with (
        failing("hub.decisioning.domain.decide:apply_event", error),
        pytest.raises(Rejected) as raised,
    ):
        decide_on(a_catalogue(*GOOD), a_customer(), an_event(properties={"path": MARK}))
    assert LIBRARY_TEXT not in raised.value.reason


@settings(max_examples=60, deadline=None)
@given(ERRORS)
def test_an_event_on_which_a_decision_fails_without_any_row_is_rejected(
    error: BaseException,
) -> None:
    with (
        failing("hub.decisioning.domain.decide:apply_outcomes", error),
        pytest.raises(Rejected) as raised,
    ):
        decide_on(a_catalogue(*GOOD), a_customer(), an_event(properties={"path": MARK}))
    assert LIBRARY_TEXT not in raised.value.reason


@pytest.mark.parametrize("again", ["x", {"event": 3}, {"event": {"type": 3}}, {"since": 1}])
def test_a_reconsideration_that_says_nothing_is_rejected(again: Any) -> None:
    with pytest.raises(Rejected):
        decide_on(a_catalogue(*GOOD), a_customer(), an_event(DEFERRED, properties={"again": again}))
