"""Every verb of the catalogue has effects, and the effects of several verbs add up in order."""

from typing import Any

import pytest

from hub.catalogue.domain.verbs import VERBS
from hub.catalogue.domain.verbs.notify import NotifySystem
from hub.catalogue.domain.verbs.update import UpdateSystem
from hub.decisioning.domain.verbs import CANDIDATE_FINDERS, EXECUTORS
from tests.catalogues import a_catalogue, a_rule, an_offer, decide_on
from tests.factories import a_customer, an_event
from tests.verb_entries import ENTRIES

VERBS_IN_ORDER: list[dict[str, Any]] = [
    {"do": "set", "trait": "interests.coffee", "value": "espresso"},
    {"do": "wait", "for": "3d", "then": "cart.due"},
    {"do": "append", "dataset": "sales"},
    {"do": "suppress", "for": "1w", "category": "coffee"},
    {"do": "emit", "event": "coffee.chosen", "properties": {"kind": "espresso"}},
    {"do": "notify", "connector": "webhook"},
]


def test_every_verb_is_executed_or_names_candidates_and_calls_of_connectors_do_either() -> None:
    assert EXECUTORS.keys() | CANDIDATE_FINDERS.keys() == set(VERBS.values())
    assert EXECUTORS.keys() & CANDIDATE_FINDERS.keys() == {UpdateSystem, NotifySystem}


@pytest.mark.parametrize("do", VERBS)
def test_a_verb_leaves_a_line_in_the_receipt_and_a_repeat_is_the_same(do: str) -> None:
    rows = a_rule("r", {"do": do, **ENTRIES[do]}), an_offer("o", tags=["spring"])
    first, again = (decide_on(a_catalogue(*rows), a_customer(), an_event()) for _ in range(2))
    assert do in [choice["do"] for choice in first[1].receipt["choices"]]
    assert (first[0].to_dict(), first[1].to_dict()) == (again[0].to_dict(), again[1].to_dict())


def test_effects_add_up_in_the_order_of_the_verbs() -> None:
    catalogue = a_catalogue(a_rule("r", *VERBS_IN_ORDER))
    customer, decision = decide_on(catalogue, a_customer(), an_event())
    assert customer.interests["coffee"] == "espresso"
    assert "category:coffee" in str(customer.to_dict())
    assert [timer.event["type"] for timer in decision.timers] == ["cart.due"]
    assert [action.channel for action in decision.actions] == ["warehouse", "connector"]
    assert [event["properties"]["kind"] for event in decision.emitted] == ["espresso"]
    assert [choice["do"] for choice in decision.receipt["choices"]] == [
        verb["do"] for verb in VERBS_IN_ORDER
    ]


def test_verbs_of_rules_in_shadow_are_recorded_and_do_nothing() -> None:
    catalogue = a_catalogue(a_rule("r", *VERBS_IN_ORDER, status="shadow"))
    customer, decision = decide_on(catalogue, a_customer(), an_event())
    assert "coffee" not in customer.interests
    assert (decision.actions, decision.timers, decision.emitted) == ((), (), ())
    assert all(choice["shadow"] for choice in decision.receipt["choices"])
