"""Each gate is asked when the list of gates says so, and is on the list.

A scenario has a message that goes out, and what closes the gate. The gate is then closed before the
decision, in the night in which the message waits, and just before the message goes out.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from hub.catalogue.domain.policy import POLICY_KINDS
from hub.contact_policy.domain.contactability import LAST_LOOK, take_last_look
from hub.contact_policy.domain.gates import ALWAYS, GATES, NOT_GATES, AskedAt, Gate
from hub.decisioning.domain.eligibility import EligibilityGates
from hub.delivery.ports import ActionStatus
from hub.delivery.steps.carry_out_actions import build_outcome_event, find_obstacle
from hub.kernel.contact_details.address_key import make_address_key
from hub.kernel.contact_details.address_refusals import AddressRefusals
from hub.model.customer import Customer
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests.catalogues import CALL, OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer, decide_on
from tests.factories import NOON, a_customer, an_event, later

EVENING = NOON.replace(hour=21, minute=59)
NIGHT = NOON.replace(hour=22, minute=1)
MORNING = NOON.replace(day=23, hour=7)
QUIET = a_policy("quiet_hours", "night", purpose="all", **{"from": "22:00", "to": "07:00"})
BY_NAME = {gate.name: gate for gate in GATES}
Row = dict[str, Any]


def leave(customer: Customer) -> Customer:
    return customer


@dataclass(frozen=True)
class Scenario:
    """`rows` send one message. `close` changes the customer, `closed_rows` replace `rows`,
    `closed_around` and `closed_at` are the surroundings and the time at which the gate is closed.
    `edited_rows` are those of the next morning, if they are others than `closed_rows`."""

    rows: tuple[Row, ...] = (a_rule("promo", SEND),)
    customer: Customer = field(default_factory=a_customer)
    close: Callable[[Customer], Customer] = leave
    closed_rows: tuple[Row, ...] = ()
    closed_around: Surroundings = NO_SURROUNDINGS
    closed_at: datetime = NOON
    edited_rows: tuple[Row, ...] = ()


def change(**blocks: Any) -> Callable[[Customer], Customer]:
    return lambda customer: customer.with_changes(**blocks)


def change_history(name: str, *args: Any, **given: Any) -> Callable[[Customer], Customer]:
    return lambda customer: customer.with_contact_history(
        getattr(customer.contact_history, name)(*args, **given)
    )


def with_contact(**about: str) -> Callable[[Customer], Customer]:
    """They got another message in the morning of the next day, and one at noon."""

    def add(customer: Customer) -> Customer:
        history = customer.contact_history
        for at in (NOON, MORNING):
            history = history.record_contact(at, "email", action_id="another", **about)
        return customer.with_contact_history(history)

    return add


def in_state(state: str) -> Mapping[str, Any]:
    return {"promo": {"state": state, "since": "2026-11-01T00:00:00.000Z"}}


RULE = a_rule("promo", OFFER)
BEANS = an_offer("beans")
CALLING = (a_rule("ring", CALL), a_policy("capacity", "c", queue="retention", slots=1, per="hour"))
CAP = a_policy("frequency_cap", "cap", most={"day": 1})
COMPLAINTS = a_policy("suppression", "s", when="seen('complaint.filed', days=14)")
SCENARIOS: Mapping[str, Scenario] = {
    "erasure": Scenario(close=change(erased="2026-11-22T12:00:00.000Z")),
    "consent": Scenario(close=change(consent={})),
    "address": Scenario(close=change(contact={"phone": "+442071838750"})),
    "refused address": Scenario(
        close=change(
            refusals=AddressRefusals(
                {
                    make_address_key("email", "ann@example.com"): {
                        "marketing": "2026-11-22T12:00:00.000Z refused ses e-2"
                    }
                }
            )
        )
    ),
    "dialogue": Scenario(
        rows=(a_rule("promo", SEND, in_state="new"),),
        customer=a_customer(dialogues=in_state("new")),
        close=change(dialogues=in_state("bought")),
    ),
    "dates": Scenario(
        rows=(RULE, an_offer("beans", ends="2026-11-22T23:00:00Z")),
        closed_at=NOON.replace(hour=23, minute=30),
        edited_rows=(RULE, an_offer("beans", ends="2026-11-22T23:00:00Z")),
    ),
    "quiet hours": Scenario(
        rows=(a_rule("promo", SEND), QUIET),
        closed_at=NIGHT,
        edited_rows=(
            a_rule("promo", SEND),
            a_policy("quiet_hours", "morning", **{"from": "06:00", "to": "09:00"}),
        ),
    ),
    "capacity": Scenario(
        rows=CALLING,
        closed_around=Surroundings(
            claimed={f"queue:retention/2026-11-22T{hour}": 1 for hour in (12, 13)}
        ),
        closed_at=later(hours=1),
    ),
    "free agents": Scenario(
        rows=CALLING, closed_around=Surroundings(queues={"retention": {"free": 0}})
    ),
    "goal": Scenario(
        rows=(a_rule("promo", {**SEND, "goal": "order.completed"}),),
        close=change_history("reach_goal", "order.completed", NIGHT),
    ),
    "suppressed subject": Scenario(
        close=change_history("suppress", "strategy:promo", later(days=9))
    ),
    "suppression": Scenario(
        rows=(a_rule("promo", SEND), COMPLAINTS),
        close=lambda customer: a_customer(
            an_event("complaint.filed", "c", occurred_at=NOON)
        ).with_contact_history(customer.contact_history),
    ),
    "frequency cap": Scenario(rows=(a_rule("promo", SEND), CAP), close=with_contact()),
    "offer caps": Scenario(
        rows=(RULE, an_offer("beans", caps={"day": 1})), close=with_contact(offer="beans")
    ),
    "offer": Scenario(rows=(RULE, BEANS), closed_rows=(RULE, an_offer("beans", status="paused"))),
    "holdout": Scenario(closed_rows=(a_rule("promo", SEND), a_policy("holdout", "h", percent=99))),
    "profit": Scenario(
        rows=(RULE, BEANS),
        closed_rows=(RULE, BEANS, a_policy("channel_cost", "k", channel="email", cost=5000)),
    ),
}


def decide_open(scenario: Scenario, at: datetime, *more: Row) -> tuple[Customer, Any]:
    catalogue = a_catalogue(*scenario.rows, *more)
    event = an_event(occurred_at=at)
    customer, decision = decide_on(catalogue, scenario.customer, event, now=at)
    (action,) = decision.actions
    return customer, action


def asked_at(time: AskedAt) -> list[Gate]:
    return [gate for gate in GATES if time in gate.at]


def test_each_gate_has_a_scenario() -> None:
    assert SCENARIOS.keys() == BY_NAME.keys()
    assert len(BY_NAME) == len(GATES)


def test_each_kind_of_policy_is_read_by_a_gate_or_is_none() -> None:
    read = [kind for gate in GATES for kind in gate.policies]
    assert sorted([*read, *NOT_GATES]) == sorted(POLICY_KINDS)


def test_a_gate_that_is_not_always_asked_says_why() -> None:
    assert [gate.name for gate in GATES if bool(gate.reason) == (gate.at == ALWAYS)] == []


def test_the_last_look_checks_the_gates_of_the_list() -> None:
    """Quiet hours and capacity have answers of their own: the action waits or is decided again."""
    listed = {gate.name for gate in asked_at(AskedAt.LAST_LOOK)}
    assert LAST_LOOK.keys() - {"resumption"} == listed - {"quiet hours", "capacity"}


CHECKS = {
    "_check_stock": "offer",
    "_check_offer_caps": "offer caps",
    "_check_closed_scopes": "suppression",
    "_check_suppressions": "suppressed subject",
    "_check_holdouts": "holdout",
    "_check_frequency_cap": "frequency cap",
    "check_channel": "consent",
}
"""The checks of a decision, each with its gate or one of its gates."""


def test_each_check_of_a_decision_is_of_a_gate_on_the_list() -> None:
    methods = [name for name, _ in inspect.getmembers(EligibilityGates, inspect.isfunction)]
    assert {name for name in methods if name.lstrip("_").startswith("check")} == CHECKS.keys()
    assert BY_NAME.keys() >= {*CHECKS.values()}


@pytest.mark.parametrize("name", [gate.name for gate in asked_at(AskedAt.DECISION)])
def test_a_decision_asks_the_gate(name: str) -> None:
    scenario = SCENARIOS[name]
    decide_open(scenario, NOON)
    catalogue = a_catalogue(*(scenario.closed_rows or scenario.rows))
    around, at = scenario.closed_around, scenario.closed_at
    event = an_event(occurred_at=NOON)
    closed = scenario.close(scenario.customer)
    assert decide_on(catalogue, closed, event, around=around, now=at)[1].actions == ()


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_last_look_asks_the_gate_if_the_list_says_so(name: str) -> None:
    scenario = SCENARIOS[name]
    customer, action = decide_open(scenario, NOON)
    assert find_obstacle(customer, action, NOON) is None
    obstacle = find_obstacle(scenario.close(customer), action, scenario.closed_at)
    assert (obstacle is not None) is (AskedAt.LAST_LOOK in BY_NAME[name].at)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_message_that_waited_for_the_morning_passes_the_gate_again(name: str) -> None:
    scenario = SCENARIOS[name]
    customer, action = decide_open(replace(scenario, closed_at=EVENING), EVENING, *wait(scenario))
    entry = find_obstacle(customer, action, NIGHT)
    assert entry is not None
    if entry.status is not ActionStatus.POSTPONED:
        assert (name, entry.status) in {
            ("capacity", ActionStatus.REFUSED),
            ("free agents", ActionStatus.REFUSED),
            ("dates", ActionStatus.DECLINED),
        }
        return
    catalogue = a_catalogue(*scenario.rows, *wait(scenario))
    postponed = build_outcome_event(action, entry, NIGHT)
    customer, decision = decide_on(catalogue, customer, postponed, now=NIGHT)
    (timer,) = decision.timers
    rows = scenario.edited_rows or scenario.closed_rows or scenario.rows
    customer = scenario.close(customer)
    customer, decision = decide_on(
        a_catalogue(*rows), customer, Event.from_dict(timer.event), now=MORNING
    )
    (resumed,) = decision.resumed
    is_stopped = find_obstacle(customer, resumed, MORNING) is not None
    gate = BY_NAME[name]
    assert is_stopped is (not gate.at.isdisjoint({AskedAt.RESUMPTION, AskedAt.LAST_LOOK}))
    assert take_last_look(None, resumed, MORNING) is not None


def wait(scenario: Scenario) -> list[Row]:
    return [] if QUIET in scenario.rows else [QUIET]
