"""Which messages are sent if several are possible, on which channel, and why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.policy.holdout import hash_to_unit_interval
from hub.contact_policy.domain.contactability import take_last_look
from hub.model.contact_history import NO_CONTACT_HISTORY, ContactHistory
from hub.model.decision import Claim, Decision
from hub.model.event import Event
from hub.model.page_contacts import MOST_COUNTED
from hub.surroundings.domain.surroundings import Surroundings
from tests.catalogues import (
    CALL,
    OFFER,
    SEND,
    a_catalogue,
    a_policy,
    a_rule,
    an_offer,
    decide_on,
    gates,
)
from tests.factories import NOON, a_customer, an_event, later

EVERYWHERE = {channel: {"marketing": True, "service": True} for channel in ("email", "sms", "call")}
BOTH = {"email": {"template": "letter"}, "sms": {"template": "letter"}}


def list_offers(decision: Decision) -> list[tuple[str, str]]:
    return [(action.offer, action.channel) for action in decision.actions]


def test_the_offer_with_the_highest_score_is_made() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER), an_offer("small", value=10), an_offer("large", value=1000)
    )
    _, decision = decide_on(catalogue, a_customer(), an_event())
    assert list_offers(decision) == [("large", "email")]
    assert gates(decision) == {"small": "large by email was better"}
    choice = decision.receipt["choices"][0]
    score = choice["drawn"] * choice["value"] - choice["cost"]
    assert choice["score"] == pytest.approx(score, rel=1e-3)


def test_only_one_of_two_campaigns_sends_a_message() -> None:
    catalogue = a_catalogue(
        a_rule("spring", OFFER),
        a_rule("letter", {**SEND, "value": 5000}),
        an_offer("beans", value=1000),
    )
    _, decision = decide_on(catalogue, a_customer(), an_event())
    assert [action.rule_id for action in decision.actions] == ["letter"]
    assert gates(decision) == {"beans": "rule letter spoke instead"}


def test_a_higher_priority_wins_against_a_higher_score() -> None:
    catalogue = a_catalogue(
        a_rule("spring", OFFER, priority=1),
        a_rule("letter", {**SEND, "value": 5000}),
        an_offer("beans", value=10),
    )
    assert list_offers(decide_on(catalogue, a_customer(), an_event())[1]) == [("beans", "email")]


def test_all_messages_of_the_chosen_rule_are_sent() -> None:
    catalogue = a_catalogue(a_rule("r", SEND, OFFER), an_offer("beans"), a_rule("other", SEND))
    _, decision = decide_on(catalogue, a_customer(), an_event())
    assert [(a.rule_id, a.offer) for a in decision.actions] == [("r", "beans"), ("r", "")]


def test_all_service_messages_are_sent() -> None:
    notice = {"do": "send", "template": "notice", "channel": "email"}
    catalogue = a_catalogue(
        a_rule("one", notice),
        a_rule("two", notice),
        a_rule("spring", OFFER),
        an_offer("beans"),
        a_policy("frequency_cap", most={"day": 1}),
    )
    _, decision = decide_on(catalogue, a_customer(), an_event())
    assert {action.rule_id for action in decision.actions} == {"one", "two", "spring"}


@pytest.mark.parametrize(
    ("offer", "customer", "gate"),
    [
        ({}, {"consent": {}}, "no consent to marketing messages by email"),
        ({}, {"contact": {}}, "no contact.email is known"),
        ({"ends": "2026-01-01"}, {}, "it ended with 2026-01-01"),
        ({"starts": "2027-01-01"}, {}, "it starts on 2027-01-01"),
        ({"starts": "2027-01-01T09:00:00Z"}, {}, "it starts at 2027-01-01T09:00:00.000Z"),
        (
            {"eligible": "customer.loyalty.tier == 'gold'"},
            {"loyalty": {"tier": "silver"}},
            "wanted customer.loyalty.tier == 'gold' but saw silver",
        ),
        ({"product": "beans"}, {}, "beans is out of stock"),
        ({"total": 5}, {}, "offer:o is used up (5)"),
    ],
)
def test_the_receipt_names_the_closed_gate(offer: Any, customer: Any, gate: str) -> None:
    around = Surroundings(stock={"beans": {"available": 0}}, claimed={"offer:o": 5})
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", **offer))
    person = replace(a_customer(), **customer)
    _, decision = decide_on(catalogue, person, an_event(), around=around)
    assert list_offers(decision) == []
    assert gates(decision) == {"o": gate}
    assert gate in decision.receipt["sentence"]


def test_caps_count_days_of_the_customers_clock() -> None:
    """At 23:30 in Vienna today's message does not count against tomorrow's."""
    catalogue = a_catalogue(
        a_rule("r", OFFER), an_offer("o"), a_policy("frequency_cap", most={"day": 1})
    )
    ann = a_customer(place={"time_zone": "Europe/Vienna"})
    late = NOON.replace(hour=22, minute=30)
    ann, first = decide_on(catalogue, ann, an_event(event_id="e-1"), now=late)
    ann, again = decide_on(
        catalogue, ann, an_event(event_id="e-2"), now=late + timedelta(minutes=10)
    )
    ann, next_day = decide_on(
        catalogue, ann, an_event(event_id="e-3"), now=late + timedelta(minutes=40)
    )
    assert [len(d.actions) for d in (first, again, next_day)] == [1, 0, 1]
    assert gates(again) == {"o": "all messages are capped at 1 a day, they had 1"}


def test_caps_do_not_count_a_message_that_was_not_sent() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", caps={"ever": 1}))
    ann, first = decide_on(catalogue, a_customer(), an_event(event_id="e-1"))
    declined = an_event(
        "action.declined", "e-2", source="segue", properties={"action_id": first.actions[0].id}
    )
    ann, _ = decide_on(catalogue, ann, declined)
    assert len(decide_on(catalogue, ann, an_event(event_id="e-3"))[1].actions) == 1


def test_an_offer_whose_goal_is_reached_is_not_made_until_again_after_is_over() -> None:
    goal = {"goal": "order.completed", "goal_when": "event.sku == 'beans'", "again_after": "30d"}
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", **goal))
    ann, first = decide_on(catalogue, a_customer(), an_event(event_id="e-1"))
    tea = an_event("order.completed", "e-2", properties={"sku": "tea"}, occurred_at=later(hours=1))
    beans = replace(tea, id="e-3", properties={"sku": "beans"})
    ann, _ = decide_on(catalogue, ann, tea)
    assert take_last_look(ann, first.actions[0], later(hours=2)) is None
    ann, _ = decide_on(catalogue, ann, beans)
    assert "was reached at" in (take_last_look(ann, first.actions[0], later(hours=2)) or "")
    at_29, at_31 = later(days=29), later(days=31)
    _, too_early = decide_on(catalogue, ann, an_event(event_id="e-4", occurred_at=at_29), now=at_29)
    assert gates(too_early)["o"].startswith("its goal order.completed was reached at 2026-11-22T13")
    _, in_time = decide_on(catalogue, ann, an_event(event_id="e-5", occurred_at=at_31), now=at_31)
    assert len(in_time.actions) == 1


QUIET = {"from": "21:00", "to": "08:00"}


def test_quiet_hours_postpone_an_offer_which_is_then_decided_again() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o"), a_policy("quiet_hours", **QUIET))
    night = NOON.replace(hour=22)
    ann, postponed = decide_on(catalogue, a_customer(), an_event(), now=night)
    assert postponed.actions == ()
    (timer,) = postponed.timers
    assert timer.due_at == NOON.replace(day=23, hour=8)
    assert "waits for the end of quiet hours" in postponed.receipt["sentence"]
    morning = Event.from_dict(timer.event)
    _, decision = decide_on(catalogue, ann, morning, now=timer.due_at)
    assert list_offers(decision) == [("o", "email")]
    assert decision.actions[0].event["id"] == "e-1"


def test_a_postponed_offer_is_not_made_if_the_dialogue_has_moved_on() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER, strategy="s", move_to="waiting"),
        a_rule("bought", strategy="s", event="order.completed", move_to="bought"),
        an_offer("o"),
        a_policy("quiet_hours", **QUIET),
    )
    night = NOON.replace(hour=22)
    ann, postponed = decide_on(catalogue, a_customer(), an_event(), now=night)
    ann, _ = decide_on(catalogue, ann, an_event("order.completed", "e-2"), now=night)
    _, morning = decide_on(
        catalogue, ann, Event.from_dict(postponed.timers[0].event), now=later(days=1)
    )
    assert morning.actions == ()


def test_quiet_hours_of_one_channel_may_lead_to_the_next() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER),
        an_offer("o", treatments=BOTH),
        a_policy("quiet_hours", channel="sms", then="next_channel", **QUIET),
        a_policy("context_weight", "w", channel="sms", weight=100),
    )
    ann = a_customer(consent=True)
    ann = replace(ann, consent=EVERYWHERE)
    assert list_offers(decide_on(catalogue, ann, an_event())[1]) == [("o", "sms")]
    night = NOON.replace(hour=22)
    assert list_offers(decide_on(catalogue, ann, an_event(), now=night)[1]) == [("o", "email")]


def test_the_preferred_channel_wins_against_a_cheaper_one() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER),
        an_offer("o", treatments=BOTH),
        a_policy("channel_cost", channel="sms", cost=9),
    )
    ann = replace(a_customer(), consent=EVERYWHERE)
    ann = replace(ann, contact={**ann.contact, "preferred_channels": ["sms"]})
    assert list_offers(decide_on(catalogue, ann, an_event())[1]) == [("o", "sms")]


def test_an_address_to_which_delivery_failed_is_not_used_again() -> None:
    catalogue = a_catalogue(a_rule("r", SEND))
    ann = a_customer(identities={"email": ("ann@example.com", "ann@work.example")})
    failed = {"email": {"failed": {"ann@example.com": "2026-11-01T00:00:00.000Z"}}}
    _, decision = decide_on(catalogue, replace(ann, engagement=failed), an_event())
    assert [action.address for action in decision.actions] == ["ann@work.example"]


@given(st.text(min_size=1, max_size=20), st.integers(1, 99))
def test_a_holdout_is_stable_and_has_its_size(salt: str, percent: int) -> None:
    held_out = [hash_to_unit_interval(salt, f"c-{n}") * 100 < percent for n in range(2000)]
    assert held_out == [hash_to_unit_interval(salt, f"c-{n}") * 100 < percent for n in range(2000)]
    assert abs(sum(held_out) / 20 - percent) < 6


def test_the_universal_control_group_gets_service_messages_and_no_marketing() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER),
        a_rule("s", {"do": "send", "template": "notice", "channel": "email"}),
        an_offer("o"),
        a_policy("holdout", percent=100),
    )
    _, decision = decide_on(catalogue, a_customer(), an_event())
    assert [action.rule_id for action in decision.actions] == ["s"]
    assert gates(decision) == {"o": "in the universal control group"}


def test_an_open_complaint_suppresses_marketing() -> None:
    complaint = a_policy("suppression", when="seen('complaint.filed', days=14)", reason="complaint")
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o"), complaint)
    ann = a_customer(an_event("complaint.filed", "e-0"))
    assert gates(decide_on(catalogue, ann, an_event())[1]) == {"o": "silence: complaint"}


def test_a_rule_may_suppress_a_category_for_some_time() -> None:
    suppress = {"do": "suppress", "category": "coffee", "for": "7d"}
    catalogue = a_catalogue(
        a_rule("suppress", suppress, event="survey.answered"),
        a_rule("r", OFFER),
        an_offer("o", category="coffee"),
    )
    ann, _ = decide_on(catalogue, a_customer(), an_event("survey.answered", "e-1"))
    assert "is silenced until" in gates(decide_on(catalogue, ann, an_event(event_id="e-2"))[1])["o"]
    assert (
        len(decide_on(catalogue, ann, an_event(event_id="e-3"), now=later(days=8))[1].actions) == 1
    )


def test_a_rule_may_set_a_trait_and_emit_an_event() -> None:
    verbs = (
        {"do": "set", "trait": "interests.coffee", "value": True},
        {"do": "emit", "event": "interest.found", "properties": {"topic": "coffee"}},
    )
    ann, decision = decide_on(a_catalogue(a_rule("r", *verbs)), a_customer(), an_event())
    assert ann.interests == {"coffee": True}
    (emitted,) = map(Event.from_dict, decision.emitted)
    assert (emitted.type, emitted.hops, emitted.customer_id) == ("interest.found", 1, "c-1")
    assert emitted.properties == {"topic": "coffee"}
    assert emitted.context["path"] == ("r",)


def test_a_call_claims_a_slot_and_if_it_is_refused_the_next_best_is_decided() -> None:
    treatments = {
        "call": {"template": "letter", "queue": "sales"},
        "email": {"template": "letter"},
    }
    catalogue = a_catalogue(
        a_rule("r", OFFER, strategy="s", move_to="offered"),
        an_offer("o", treatments=treatments),
        a_policy("capacity", queue="sales", slots=3),
        a_policy("context_weight", "w", channel="call", weight=100),
    )
    ann, decision = decide_on(catalogue, a_customer(), an_event())
    (call,) = decision.actions
    assert [claim.name for claim in call.claims] == ["queue:sales/2026-11-22T12"]
    refused = an_event(
        "action.refused",
        f"{call.id}.refused",
        source="segue",
        properties={"action_id": call.id, "again": call.again},
    )
    ann, next_best = decide_on(catalogue, ann, refused)
    assert list_offers(next_best) == [("o", "email")]
    assert gates(next_best) == {"o": "its capacity was used up"}
    assert len(ann.contact_history.contacts) == 1


def test_the_claims_of_a_declined_action_are_returned() -> None:
    catalogue = a_catalogue(
        a_rule("r", CALL, event="complaint.filed"),
        a_policy("capacity", queue="retention", slots=1, per="at_once"),
    )
    ann, decision = decide_on(catalogue, a_customer(), an_event("complaint.filed", "e-1"))
    (call,) = decision.actions
    properties = {"action_id": call.id}
    declined = an_event("action.declined", "e-2", source="segue", properties=properties)
    assert decide_on(catalogue, ann, declined)[1].returned == (call.id,)
    completed = an_event("call.completed", "e-3", properties=properties)
    ann, decision = decide_on(catalogue, ann, completed)
    assert (decision.returned, decision.completed) == ((), (call.id,))
    assert not ann.contact_history.claims
    assert decide_on(catalogue, ann, replace(completed, id="e-4"))[1].completed == ()


def test_a_claim_in_the_form_of_older_episodes_ends_too() -> None:
    claims = {"old": ["2026-11-01T12:00:00.000Z", True], "new": ["2026-11-23T12:00:00.000Z", False]}
    ann = a_customer(contact_history=ContactHistory(claims=claims))
    after, _ = decide_on(a_catalogue(), ann, an_event())
    assert after.contact_history.claims.keys() == {"new"}


def test_a_budget_counts_fractions_of_a_minor_unit() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER),
        an_offer("o"),
        a_policy("channel_cost", "cost", channel="email", cost=0.1),
        a_policy("budget", "month", amount=1, per="ever"),
    )
    claims = decide_on(catalogue, a_customer(), an_event())[1].actions[0].claims
    assert claims == (Claim("budget:month", 100, 1000),)
    nearly_spent = Surroundings(claimed={"budget:month": 950})
    _, decision = decide_on(catalogue, a_customer(), an_event(), around=nearly_spent)
    assert gates(decision) == {"o": "budget:month is used up (1)"}


def test_offers_seen_on_pages_push_no_message_out_of_the_contact_history() -> None:
    history = NO_CONTACT_HISTORY.record_contact(NOON, "email", offer="beans", action_id="a-1")
    for n in range(200):
        at = later(minutes=n)
        history = history.record_contact(at, "web", offer="wrap", action_id=f"r-{n}")
    assert [contact.action_id for contact in history.contacts] == ["a-1"]
    assert history.count_contacts(0, channels=("web",)) == MOST_COUNTED


def test_a_rule_does_not_overwrite_a_trait_that_is_newer_than_the_event() -> None:
    sets = {"do": "set", "trait": "interests.coffee", "value": "beans"}
    catalogue = a_catalogue(a_rule("r", sets))
    update = {"traits": {"interests": {"coffee": "ground"}}, "occurred_at": later(hours=1)}
    ann = a_customer(an_event("customer.updated", "e-1", **update))
    ann, late = decide_on(catalogue, ann, an_event(event_id="e-2"))
    assert ann.interests == {"coffee": "ground"}
    assert late.receipt["choices"][0]["gate"] == "something later is known of it"
    ann, in_time = decide_on(catalogue, ann, an_event(event_id="e-3", occurred_at=later(hours=2)))
    assert ann.interests == {"coffee": "beans"}
    assert in_time.receipt["choices"][0]["made"] == "beans"


def test_the_delivery_and_the_goal_of_an_offer_are_each_counted_once() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", goal="order.completed"))
    ann, decision = decide_on(catalogue, a_customer(), an_event())
    (action,) = decision.actions
    properties = {"action_id": action.id, "channel": "email", "showing": action.showing}
    delivered = an_event("action.delivered", "e-2", source="segue", properties=properties)
    ann, decision = decide_on(catalogue, ann, delivered)
    assert [(lesson.id, lesson.shown) for lesson in decision.lessons] == [(f"{action.id}.shown", 1)]
    order = an_event("order.completed", "e-3", occurred_at=later(days=2))
    ann, decision = decide_on(catalogue, ann, order)
    assert [(lesson.id, lesson.answered) for lesson in decision.lessons] == [
        (f"{action.id}.answered", 1)
    ]
    assert decide_on(catalogue, ann, replace(order, id="e-4"))[1].lessons == ()


def test_a_rule_in_shadow_is_in_the_receipt_and_does_nothing() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER, status="shadow"), an_offer("o"))
    ann, decision = decide_on(catalogue, a_customer(), an_event())
    assert decision.actions == ()
    assert ann.contact_history == NO_CONTACT_HISTORY
    (choice,) = decision.receipt["choices"]
    assert (choice["what"], choice["shadow"]) == ("o", True)


def test_an_offer_that_would_cost_more_than_it_brings_is_not_made() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", value=10, cost=500))
    assert "it would cost 500" in gates(decide_on(catalogue, a_customer(), an_event())[1])["o"]


def test_a_receipt_with_many_offers_stays_small() -> None:
    offers = [an_offer(f"offer-{n}", treatments=BOTH, value=n) for n in range(50)]
    catalogue = a_catalogue(a_rule("r", OFFER), *offers)
    _, decision = decide_on(catalogue, replace(a_customer(), consent=EVERYWHERE), an_event())
    receipt = decision.receipt
    assert receipt["more_choices"] > 30
    assert len(str(receipt)) <= 2000


def test_a_dialogue_whose_goal_is_reached_moves_to_its_target_from_any_state() -> None:
    catalogue = a_catalogue(
        a_rule("start", OFFER, strategy="cart", move_to="offered"),
        a_rule("bored", strategy="cart", event="offer.dismissed", move_to="cold"),
        an_offer("o"),
        a_policy("aim", strategy="cart", target="bought", goal="order.completed"),
    )
    ann, first = decide_on(catalogue, a_customer(), an_event())
    ann, bought = decide_on(catalogue, ann, an_event("order.completed", "e-2"))
    assert bought.receipt["moved"] == {"cart": ["offered", "bought"]}
    assert "moved on" in (take_last_look(ann, first.actions[0], later(minutes=5)) or "")
    bernd, _ = decide_on(catalogue, a_customer(), an_event("order.completed", "e-2"))
    assert bernd.dialogues == {}


NOTICE = {"do": "send", "template": "notice", "channel": "email"}


def test_a_message_that_was_sent_is_not_sent_again_with_a_postponed_one() -> None:
    sms = {"do": "send", "template": "notice", "channel": "sms"}
    quiet = a_policy(
        "quiet_hours", channel="sms", purpose="all", **{"from": "10:00", "to": "13:00"}
    )
    catalogue = a_catalogue(a_rule("r", NOTICE, sms), quiet)
    ann = replace(a_customer(), consent=EVERYWHERE)
    ann, first = decide_on(catalogue, ann, an_event())
    assert [a.channel for a in first.actions] == ["email"]
    (timer,) = first.timers
    _, second = decide_on(catalogue, ann, Event.from_dict(timer.event), now=timer.due_at)
    assert [a.channel for a in second.actions] == ["sms"]


def test_a_postponed_message_is_not_sent_if_its_goal_was_reached_meanwhile() -> None:
    send = {**SEND, "goal": "order.completed"}
    catalogue = a_catalogue(a_rule("r", send), a_policy("quiet_hours", **QUIET))
    night = NOON.replace(hour=22)
    viewed = an_event(occurred_at=night)
    ann, postponed = decide_on(catalogue, a_customer(), viewed, now=night)
    bought = an_event("order.completed", "e-2", occurred_at=night + timedelta(minutes=5))
    ann, _ = decide_on(catalogue, ann, bought, now=night + timedelta(minutes=5))
    timer = postponed.timers[0]
    _, morning = decide_on(catalogue, ann, Event.from_dict(timer.event), now=timer.due_at)
    assert morning.actions == ()


def test_a_message_that_expires_in_the_quiet_hours_is_not_postponed() -> None:
    catalogue = a_catalogue(
        a_rule("r", {**SEND, "expires": "1h"}), a_policy("quiet_hours", **QUIET)
    )
    _, decision = decide_on(catalogue, a_customer(), an_event(), now=NOON.replace(hour=22))
    assert (decision.timers, decision.actions) == ((), ())
    assert gates(decision) == {"letter": "after the quiet hours it would come too late"}


def test_a_cap_per_day_and_one_for_ever_both_hold() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", caps={"day": 1, "ever": 2}))
    ann, action_counts = a_customer(), []
    for day in range(5):
        now = later(days=day)
        ann, decision = decide_on(
            catalogue, ann, an_event(event_id=f"e-{day}", occurred_at=now), now=now
        )
        action_counts.append(len(decision.actions))
    assert action_counts == [1, 1, 0, 0, 0]


def test_the_channel_of_a_cap_may_be_in_capitals() -> None:
    cap = a_policy("frequency_cap", channel="Email", most={"day": 1})
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o"), cap)
    ann, _ = decide_on(catalogue, a_customer(), an_event(event_id="e-1"))
    assert decide_on(catalogue, ann, an_event(event_id="e-2"))[1].actions == ()


def test_a_goal_reached_before_stays_reached_on_the_next_event_of_its_kind() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER, event="order.completed"), an_offer("o", goal="order.completed")
    )
    first = an_event("order.completed", "e-1")
    ann, first_decision = decide_on(catalogue, a_customer(), first)
    again = an_event("order.completed", "e-2", occurred_at=later(days=1))
    _, second_decision = decide_on(catalogue, ann, again, now=later(days=1))
    assert (len(first_decision.actions), len(second_decision.actions)) == (1, 0)


def test_consent_of_a_wrong_shape_counts_as_none() -> None:
    ann = a_customer().with_changes(consent={"email": True})
    assert decide_on(a_catalogue(a_rule("r", SEND)), ann, an_event())[1].actions == ()


def test_quiet_hours_that_end_in_a_repeated_hour_end_in_its_second_turn() -> None:
    night = {"from": "22:00", "to": "01:30"}
    catalogue = a_catalogue(a_rule("r", SEND), a_policy("quiet_hours", **night))
    ann = a_customer(place={"time_zone": "America/New_York"})
    second = NOON.replace(month=11, day=1, hour=6, minute=10)
    _, decision = decide_on(catalogue, ann, an_event(), now=second)
    assert [timer.due_at for timer in decision.timers] == [second.replace(minute=30)]


def test_the_receipt_says_that_a_rule_found_no_offer() -> None:
    _, decision = decide_on(a_catalogue(a_rule("r", OFFER)), a_customer(), an_event())
    assert "rule r matched, but nothing could be sent" in decision.receipt["sentence"]
