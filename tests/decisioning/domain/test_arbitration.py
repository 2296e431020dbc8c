"""Offers, policies and arbitration: which of all that might be said is said, where, and why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.policy.holdout import hash_to_unit_interval
from hub.contact_policy.domain.contactability import take_last_look
from hub.model.contact_history import MAX_PAGE_CONTACTS, NO_CONTACT_HISTORY, ContactHistory
from hub.model.decision import Claim, Decision
from hub.model.event import Event
from hub.surroundings.domain.surroundings import Surroundings
from tests.catalogues import (
    CALL,
    OFFER,
    SEND,
    a_catalogue,
    a_policy,
    a_rule,
    an_offer,
    decided,
    gates,
)
from tests.factories import NOON, a_customer, an_event, later

EVERYWHERE = {channel: {"marketing": True, "service": True} for channel in ("email", "sms", "call")}
BOTH = {"email": {"template": "letter"}, "sms": {"template": "letter"}}


def made(decision: Decision) -> list[tuple[str, str]]:
    return [(action.offer, action.channel) for action in decision.actions]


def test_the_offer_that_is_worth_most_is_made() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER), an_offer("small", value=10), an_offer("large", value=1000)
    )
    _, decision = decided(catalogue, a_customer(), an_event())
    assert made(decision) == [("large", "email")]
    assert gates(decision) == {"small": "large by email was better"}
    told = decision.receipt["choices"][0]
    assert told["score"] == pytest.approx(told["drawn"] * told["value"] - told["cost"], rel=1e-3)


def test_of_two_campaigns_one_speaks() -> None:
    catalogue = a_catalogue(
        a_rule("spring", OFFER),
        a_rule("letter", {**SEND, "value": 5000}),
        an_offer("beans", value=1000),
    )
    _, decision = decided(catalogue, a_customer(), an_event())
    assert [action.rule_id for action in decision.actions] == ["letter"]
    assert gates(decision) == {"beans": "rule letter spoke instead"}


def test_a_higher_priority_speaks_first_whatever_it_is_worth() -> None:
    catalogue = a_catalogue(
        a_rule("spring", OFFER, priority=1),
        a_rule("letter", {**SEND, "value": 5000}),
        an_offer("beans", value=10),
    )
    assert made(decided(catalogue, a_customer(), an_event())[1]) == [("beans", "email")]


def test_all_that_one_rule_says_is_said() -> None:
    catalogue = a_catalogue(a_rule("r", SEND, OFFER), an_offer("beans"), a_rule("other", SEND))
    _, decision = decided(catalogue, a_customer(), an_event())
    assert [(a.rule_id, a.offer) for a in decision.actions] == [("r", "beans"), ("r", "")]


def test_service_messages_are_always_said() -> None:
    notice = {"do": "send", "template": "notice", "channel": "email"}
    catalogue = a_catalogue(
        a_rule("one", notice),
        a_rule("two", notice),
        a_rule("spring", OFFER),
        an_offer("beans"),
        a_policy("frequency_cap", most={"day": 1}),
    )
    _, decision = decided(catalogue, a_customer(), an_event())
    assert {action.rule_id for action in decision.actions} == {"one", "two", "spring"}


@pytest.mark.parametrize(
    ("offer", "customer", "gate"),
    [
        ({}, {"consent": {}}, "no consent to marketing messages by email"),
        ({}, {"contact": {}}, "no contact.email is known"),
        ({"ends": "2026-01-01"}, {}, "it ended at 2026-01-02T00:00:00.000Z"),
        ({"starts": "2027-01-01"}, {}, "it starts at 2027-01-01T00:00:00.000Z"),
        (
            {"eligible": "customer.loyalty.tier == 'gold'"},
            {"loyalty": {"tier": "silver"}},
            "wanted customer.loyalty.tier == 'gold' but saw silver",
        ),
        ({"product": "beans"}, {}, "beans is out of stock"),
        ({"total": 5}, {}, "offer:o is used up (5)"),
    ],
)
def test_a_closed_gate_is_told(offer: Any, customer: Any, gate: str) -> None:
    around = Surroundings(stock={"beans": {"available": 0}}, claimed={"offer:o": 5})
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", **offer))
    person = replace(a_customer(), **customer)
    _, decision = decided(catalogue, person, an_event(), around=around)
    assert made(decision) == []
    assert gates(decision) == {"o": gate}
    assert gate in decision.receipt["sentence"]


def test_caps_count_the_customers_own_days() -> None:
    """At 23:30 in Vienna today's message does not count against tomorrow's."""
    catalogue = a_catalogue(
        a_rule("r", OFFER), an_offer("o"), a_policy("frequency_cap", most={"day": 1})
    )
    ann = a_customer(place={"time_zone": "Europe/Vienna"})
    late = NOON.replace(hour=22, minute=30)
    ann, first = decided(catalogue, ann, an_event(event_id="e-1"), now=late)
    ann, again = decided(catalogue, ann, an_event(event_id="e-2"), now=late + timedelta(minutes=10))
    ann, next_day = decided(
        catalogue, ann, an_event(event_id="e-3"), now=late + timedelta(minutes=40)
    )
    assert [len(d.actions) for d in (first, again, next_day)] == [1, 0, 1]
    assert gates(again) == {"o": "all messages are capped at 1 a day, they had 1"}


def test_a_message_that_never_went_out_does_not_count() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", caps={"ever": 1}))
    ann, first = decided(catalogue, a_customer(), an_event(event_id="e-1"))
    declined = an_event(
        "action.declined", "e-2", source="segue", properties={"action_id": first.actions[0].id}
    )
    ann, _ = decided(catalogue, ann, declined)
    assert len(decided(catalogue, ann, an_event(event_id="e-3"))[1].actions) == 1


def test_after_the_goal_there_is_silence_until_it_may_come_again() -> None:
    goal = {"goal": "order.completed", "goal_when": "event.sku == 'beans'", "again_after": "30d"}
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", **goal))
    ann, first = decided(catalogue, a_customer(), an_event(event_id="e-1"))
    tea = an_event("order.completed", "e-2", properties={"sku": "tea"}, occurred_at=later(hours=1))
    beans = replace(tea, id="e-3", properties={"sku": "beans"})
    ann, _ = decided(catalogue, ann, tea)
    assert take_last_look(ann, first.actions[0], later(hours=2)) is None
    ann, _ = decided(catalogue, ann, beans)
    assert "was reached at" in (take_last_look(ann, first.actions[0], later(hours=2)) or "")
    at_29, at_31 = later(days=29), later(days=31)
    _, silent = decided(catalogue, ann, an_event(event_id="e-4", occurred_at=at_29), now=at_29)
    assert gates(silent)["o"].startswith("its goal order.completed was reached at 2026-11-22T13")
    _, spoken = decided(catalogue, ann, an_event(event_id="e-5", occurred_at=at_31), now=at_31)
    assert len(spoken.actions) == 1


QUIET = {"from": "21:00", "to": "08:00"}


def test_in_quiet_hours_it_waits_and_is_decided_anew() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o"), a_policy("quiet_hours", **QUIET))
    night = NOON.replace(hour=22)
    ann, put_off = decided(catalogue, a_customer(), an_event(), now=night)
    assert put_off.actions == ()
    (timer,) = put_off.timers
    assert timer.due_at == NOON.replace(day=23, hour=8)
    assert "waits for the end of quiet hours" in put_off.receipt["sentence"]
    morning = Event.from_dict(timer.event)
    _, decision = decided(catalogue, ann, morning, now=timer.due_at)
    assert made(decision) == [("o", "email")]
    assert decision.actions[0].event["id"] == "e-1"


def test_what_waited_is_not_said_when_the_dialogue_has_moved_on() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER, strategy="s", move_to="waiting"),
        a_rule("bought", strategy="s", event="order.completed", move_to="bought"),
        an_offer("o"),
        a_policy("quiet_hours", **QUIET),
    )
    night = NOON.replace(hour=22)
    ann, put_off = decided(catalogue, a_customer(), an_event(), now=night)
    ann, _ = decided(catalogue, ann, an_event("order.completed", "e-2"), now=night)
    _, morning = decided(
        catalogue, ann, Event.from_dict(put_off.timers[0].event), now=later(days=1)
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
    assert made(decided(catalogue, ann, an_event())[1]) == [("o", "sms")]
    night = NOON.replace(hour=22)
    assert made(decided(catalogue, ann, an_event(), now=night)[1]) == [("o", "email")]


def test_the_channel_the_customer_prefers_is_taken() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER),
        an_offer("o", treatments=BOTH),
        a_policy("channel_cost", channel="sms", cost=9),
    )
    ann = replace(a_customer(), consent=EVERYWHERE)
    wishing = replace(ann, contact={**ann.contact, "preferred_channels": ["sms"]})
    assert made(decided(catalogue, wishing, an_event())[1]) == [("o", "sms")]


def test_an_address_from_which_messages_came_back_is_not_tried_again() -> None:
    catalogue = a_catalogue(a_rule("r", SEND))
    ann = a_customer(identities={"email": ("ann@example.com", "ann@work.example")})
    failed = {"email": {"failed": {"ann@example.com": "2026-11-01T00:00:00.000Z"}}}
    _, decision = decided(catalogue, replace(ann, engagement=failed), an_event())
    assert [action.address for action in decision.actions] == ["ann@work.example"]


@given(st.text(min_size=1, max_size=20), st.integers(1, 99))
def test_a_holdout_is_stable_and_of_its_size(salt: str, percent: int) -> None:
    held = [hash_to_unit_interval(salt, f"c-{n}") * 100 < percent for n in range(2000)]
    assert held == [hash_to_unit_interval(salt, f"c-{n}") * 100 < percent for n in range(2000)]
    assert abs(sum(held) / 20 - percent) < 6


def test_the_universal_control_group_hears_no_marketing_but_service() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER),
        a_rule("s", {"do": "send", "template": "notice", "channel": "email"}),
        an_offer("o"),
        a_policy("holdout", percent=100),
    )
    _, decision = decided(catalogue, a_customer(), an_event())
    assert [action.rule_id for action in decision.actions] == ["s"]
    assert gates(decision) == {"o": "in the universal control group"}


def test_an_open_complaint_silences() -> None:
    complaint = a_policy("suppression", when="seen('complaint.filed', days=14)", reason="complaint")
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o"), complaint)
    ann = a_customer(an_event("complaint.filed", "e-0"))
    assert gates(decided(catalogue, ann, an_event())[1]) == {"o": "silence: complaint"}


def test_a_rule_may_silence_a_category_for_a_while() -> None:
    hush = {"do": "suppress", "category": "coffee", "for": "7d"}
    catalogue = a_catalogue(
        a_rule("hush", hush, event="survey.answered"),
        a_rule("r", OFFER),
        an_offer("o", category="coffee"),
    )
    ann, _ = decided(catalogue, a_customer(), an_event("survey.answered", "e-1"))
    assert "is silenced until" in gates(decided(catalogue, ann, an_event(event_id="e-2"))[1])["o"]
    assert len(decided(catalogue, ann, an_event(event_id="e-3"), now=later(days=8))[1].actions) == 1


def test_a_rule_may_set_a_trait_and_emit_an_event() -> None:
    verbs = (
        {"do": "set", "trait": "interests.coffee", "value": True},
        {"do": "emit", "event": "interest.found", "properties": {"topic": "coffee"}},
    )
    ann, decision = decided(a_catalogue(a_rule("r", *verbs)), a_customer(), an_event())
    assert ann.interests == {"coffee": True}
    (emitted,) = map(Event.from_dict, decision.emitted)
    assert (emitted.type, emitted.hops, emitted.customer_id) == ("interest.found", 1, "c-1")
    assert emitted.properties == {"topic": "coffee"}
    assert emitted.context["path"] == ("r",)


def test_a_call_claims_its_slot_and_the_next_best_is_decided_when_it_is_refused() -> None:
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
    ann, decision = decided(catalogue, a_customer(), an_event())
    (call,) = decision.actions
    assert [claim.name for claim in call.claims] == ["queue:sales/2026-11-22T12"]
    refused = an_event(
        "action.refused",
        f"{call.id}.refused",
        source="segue",
        properties={"action_id": call.id, "again": call.again},
    )
    ann, next_best = decided(catalogue, ann, refused)
    assert made(next_best) == [("o", "email")]
    assert gates(next_best) == {"o": "its capacity was used up"}
    assert len(ann.contact_history.contacts) == 1


def test_a_declined_action_gives_its_claims_back() -> None:
    catalogue = a_catalogue(
        a_rule("r", CALL, event="complaint.filed"),
        a_policy("capacity", queue="retention", slots=1, per="at_once"),
    )
    ann, decision = decided(catalogue, a_customer(), an_event("complaint.filed", "e-1"))
    (call,) = decision.actions
    told = {"action_id": call.id}
    declined = an_event("action.declined", "e-2", source="segue", properties=told)
    assert decided(catalogue, ann, declined)[1].returned == (call.id,)
    ended = an_event("call.completed", "e-3", properties=told)
    after, done = decided(catalogue, ann, ended)
    assert (done.returned, done.completed) == ((), (call.id,))
    assert not after.contact_history.claims
    assert decided(catalogue, after, replace(ended, id="e-4"))[1].completed == ()


def test_a_claim_as_older_episodes_have_it_is_read_and_ends() -> None:
    held = {"old": ["2026-11-01T12:00:00.000Z", True], "new": ["2026-11-23T12:00:00.000Z", False]}
    ann = a_customer(contact_history=ContactHistory(claims=held))
    after, _ = decided(a_catalogue(), ann, an_event())
    assert after.contact_history.claims.keys() == {"new"}


def test_a_budget_counts_less_than_a_minor_unit() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER),
        an_offer("o"),
        a_policy("channel_cost", "cost", channel="email", cost=0.1),
        a_policy("budget", "month", amount=1, per="ever"),
    )
    claimed = decided(catalogue, a_customer(), an_event())[1].actions[0].claims
    assert claimed == (Claim("budget:month", 100, 1000),)
    spent = Surroundings(claimed={"budget:month": 950})
    _, decision = decided(catalogue, a_customer(), an_event(), around=spent)
    assert gates(decision) == {"o": "budget:month is used up (1)"}


def test_pages_looked_at_push_no_message_out_of_the_caps() -> None:
    history = NO_CONTACT_HISTORY.record_contact(NOON, "email", offer="beans", action_id="a-1")
    for n in range(200):
        at = later(minutes=n)
        history = history.record_contact(at, "web", offer="wrap", action_id=f"r-{n}")
    contacts = history.contacts
    assert [c.action_id for c in contacts if c.channel == "email"] == ["a-1"]
    assert len(contacts) == 1 + MAX_PAGE_CONTACTS
    assert list(contacts) == sorted(contacts, key=lambda contact: -contact.at)


def test_what_a_rule_sets_gives_way_to_what_is_known_since() -> None:
    sets = {"do": "set", "trait": "interests.coffee", "value": "beans"}
    catalogue = a_catalogue(a_rule("r", sets))
    said = {"traits": {"interests": {"coffee": "ground"}}, "occurred_at": later(hours=1)}
    ann = a_customer(an_event("customer.updated", "e-1", **said))
    ann, late = decided(catalogue, ann, an_event(event_id="e-2"))
    assert ann.interests == {"coffee": "ground"}
    assert late.receipt["choices"][0]["gate"] == "something later is known of it"
    ann, in_time = decided(catalogue, ann, an_event(event_id="e-3", occurred_at=later(hours=2)))
    assert ann.interests == {"coffee": "beans"}
    assert in_time.receipt["choices"][0]["made"] == "beans"


def test_an_offer_shown_and_answered_teaches_once() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", goal="order.completed"))
    ann, decision = decided(catalogue, a_customer(), an_event())
    (action,) = decision.actions
    told = {"action_id": action.id, "channel": "email", "showing": action.showing}
    ann, shown = decided(
        catalogue, ann, an_event("action.delivered", "e-2", source="segue", properties=told)
    )
    assert [(lesson.id, lesson.shown) for lesson in shown.lessons] == [(f"{action.id}.shown", 1)]
    order = an_event("order.completed", "e-3", occurred_at=later(days=2))
    ann, answered = decided(catalogue, ann, order)
    assert [(lesson.id, lesson.answered) for lesson in answered.lessons] == [
        (f"{action.id}.answered", 1)
    ]
    assert decided(catalogue, ann, replace(order, id="e-4"))[1].lessons == ()


def test_a_rule_in_shadow_is_told_and_does_nothing() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER, status="shadow"), an_offer("o"))
    ann, decision = decided(catalogue, a_customer(), an_event())
    assert decision.actions == ()
    assert ann.contact_history == NO_CONTACT_HISTORY
    (told,) = decision.receipt["choices"]
    assert (told["what"], told["shadow"]) == ("o", True)


def test_an_offer_that_would_cost_more_than_it_brings_is_not_made() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", value=10, cost=500))
    assert "it would cost 500" in gates(decided(catalogue, a_customer(), an_event())[1])["o"]


def test_a_receipt_with_many_offers_stays_small() -> None:
    offers = [an_offer(f"offer-{n}", treatments=BOTH, value=n) for n in range(50)]
    catalogue = a_catalogue(a_rule("r", OFFER), *offers)
    _, decision = decided(catalogue, replace(a_customer(), consent=EVERYWHERE), an_event())
    receipt = decision.receipt
    assert receipt["more_choices"] > 30
    assert len(str(receipt)) <= 2000


def test_a_dialogue_that_reaches_its_aim_ends_in_whatever_state_it_is() -> None:
    catalogue = a_catalogue(
        a_rule("start", OFFER, strategy="cart", move_to="offered"),
        a_rule("bored", strategy="cart", event="offer.dismissed", move_to="cold"),
        an_offer("o"),
        a_policy("aim", strategy="cart", target="bought", goal="order.completed"),
    )
    ann, first = decided(catalogue, a_customer(), an_event())
    ann, bought = decided(catalogue, ann, an_event("order.completed", "e-2"))
    assert bought.receipt["moved"] == {"cart": ["offered", "bought"]}
    assert "moved on" in (take_last_look(ann, first.actions[0], later(minutes=5)) or "")
    bernd, _ = decided(catalogue, a_customer(), an_event("order.completed", "e-2"))
    assert bernd.dialogues == {}


NOTICE = {"do": "send", "template": "notice", "channel": "email"}


def test_what_was_said_already_is_not_said_again_when_the_rest_is_decided_anew() -> None:
    sms = {"do": "send", "template": "notice", "channel": "sms"}
    quiet = a_policy(
        "quiet_hours", channel="sms", purpose="all", **{"from": "10:00", "to": "13:00"}
    )
    catalogue = a_catalogue(a_rule("r", NOTICE, sms), quiet)
    ann = replace(a_customer(), consent=EVERYWHERE)
    ann, first = decided(catalogue, ann, an_event())
    assert [a.channel for a in first.actions] == ["email"]
    (timer,) = first.timers
    _, then = decided(catalogue, ann, Event.from_dict(timer.event), now=timer.due_at)
    assert [a.channel for a in then.actions] == ["sms"]


def test_what_a_purchase_made_pointless_is_not_said_after_the_quiet_hours() -> None:
    send = {**SEND, "goal": "order.completed"}
    catalogue = a_catalogue(a_rule("r", send), a_policy("quiet_hours", **QUIET))
    night = NOON.replace(hour=22)
    seen = an_event(occurred_at=night)
    ann, put_off = decided(catalogue, a_customer(), seen, now=night)
    bought = an_event("order.completed", "e-2", occurred_at=night + timedelta(minutes=5))
    ann, _ = decided(catalogue, ann, bought, now=night + timedelta(minutes=5))
    timer = put_off.timers[0]
    _, morning = decided(catalogue, ann, Event.from_dict(timer.event), now=timer.due_at)
    assert morning.actions == ()


def test_what_would_come_too_late_after_the_quiet_hours_is_not_put_off() -> None:
    catalogue = a_catalogue(
        a_rule("r", {**SEND, "expires": "1h"}), a_policy("quiet_hours", **QUIET)
    )
    _, decision = decided(catalogue, a_customer(), an_event(), now=NOON.replace(hour=22))
    assert (decision.timers, decision.actions) == ((), ())
    assert gates(decision) == {"letter": "after the quiet hours it would come too late"}


def test_caps_of_a_day_and_for_ever_hold_beside_each_other() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o", caps={"day": 1, "ever": 2}))
    ann, made_on = a_customer(), []
    for day in range(5):
        now = later(days=day)
        ann, decision = decided(
            catalogue, ann, an_event(event_id=f"e-{day}", occurred_at=now), now=now
        )
        made_on.append(len(decision.actions))
    assert made_on == [1, 1, 0, 0, 0]


def test_a_channel_in_capitals_is_that_channel() -> None:
    cap = a_policy("frequency_cap", channel="Email", most={"day": 1})
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("o"), cap)
    ann, _ = decided(catalogue, a_customer(), an_event(event_id="e-1"))
    assert decided(catalogue, ann, an_event(event_id="e-2"))[1].actions == ()


def test_a_goal_reached_before_stays_reached_on_the_next_event_of_its_kind() -> None:
    catalogue = a_catalogue(
        a_rule("r", OFFER, event="order.completed"), an_offer("o", goal="order.completed")
    )
    first = an_event("order.completed", "e-1")
    ann, made_then = decided(catalogue, a_customer(), first)
    again = an_event("order.completed", "e-2", occurred_at=later(days=1))
    _, later_on = decided(catalogue, ann, again, now=later(days=1))
    assert (len(made_then.actions), len(later_on.actions)) == (1, 0)


def test_consent_of_an_odd_shape_is_none() -> None:
    odd = a_customer().with_changes(consent={"email": True})
    assert decided(a_catalogue(a_rule("r", SEND)), odd, an_event())[1].actions == ()


def test_quiet_hours_end_the_second_time_the_clock_strikes() -> None:
    night = {"from": "22:00", "to": "01:30"}
    catalogue = a_catalogue(a_rule("r", SEND), a_policy("quiet_hours", **night))
    ann = a_customer(place={"time_zone": "America/New_York"})
    second = NOON.replace(month=11, day=1, hour=6, minute=10)
    _, decision = decided(catalogue, ann, an_event(), now=second)
    assert [timer.due_at for timer in decision.timers] == [second.replace(minute=30)]


def test_a_rule_that_finds_no_offer_is_told_so() -> None:
    _, decision = decided(a_catalogue(a_rule("r", OFFER)), a_customer(), an_event())
    assert "rule r matched, but nothing could be sent" in decision.receipt["sentence"]
