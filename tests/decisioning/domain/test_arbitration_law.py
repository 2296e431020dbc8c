"""Laws that hold for every decision, with every catalogue and customer."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import DecisionResult, decide
from hub.model.customer import Customer
from hub.surroundings.domain.surroundings import Surroundings
from tests.catalogues import CALL, OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer
from tests.factories import NOON, a_customer, an_event

CHANNELS = ("email", "sms", "push", "call")
NOTICE = {"do": "send", "template": "notice", "channel": "best"}
VERBS: tuple[dict[str, Any], ...] = (
    OFFER,
    SEND,
    {**SEND, "channel": "best", "value": 300},
    NOTICE,
    CALL,
)
TREATMENTS = {
    c: {"template": "letter", **({"queue": "q"} if c == "call" else {})} for c in CHANNELS
}

verbs: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.sampled_from(VERBS), min_size=1, max_size=3
)
offers = st.lists(
    st.fixed_dictionaries(
        {"value": st.integers(0, 900), "cost": st.integers(0, 40), "priority": st.integers(0, 1)},
        optional={
            "caps": st.sampled_from([{"day": 1}, {"week": 2}, {"ever": 1}]),
            "category": st.sampled_from(["coffee", "tea"]),
            "goal": st.just("order.completed"),
            "total": st.just(3),
        },
    ),
    max_size=4,
)
CAP = 2
policies = st.lists(
    st.sampled_from(
        [
            a_policy("quiet_hours", "night", **{"from": "22:00", "to": "06:00"}),
            a_policy(
                "quiet_hours",
                "sms",
                channel="sms",
                then="next_channel",
                **{"from": "10:00", "to": "14:00"},
            ),
            a_policy("holdout", "half", percent=50),
            a_policy("capacity", "slots", queue="q", slots=2),
            a_policy("context_weight", "w", weight=3, category="coffee"),
            a_policy("channel_cost", "cost", channel="sms", cost=8),
            a_policy("suppression", "complaint", when="seen('complaint.filed', days=1)"),
        ]
    ),
    unique_by=lambda row: row["policy_id"],
)
consents = st.fixed_dictionaries(
    {
        c: st.fixed_dictionaries({p: st.booleans() for p in ("marketing", "service")})
        for c in CHANNELS
    }
)
event_types = st.lists(
    st.sampled_from(["page.viewed", "page.viewed", "order.completed", "complaint.filed"]),
    min_size=1,
    max_size=8,
)
some_surroundings = st.sampled_from(
    [Surroundings(), Surroundings(claimed={"offer:o0": 3, "queue:q/2026-11-22T12": 2})]
)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    rules = [
        a_rule(f"r{n}", *draw(verbs), priority=draw(st.integers(0, 1)))
        for n in range(draw(st.integers(1, 4)))
    ]
    rows = [an_offer(f"o{n}", treatments=TREATMENTS, **row) for n, row in enumerate(draw(offers))]
    cap = a_policy("frequency_cap", "cap", most={"day": CAP})
    return a_catalogue(*rules, *rows, cap, *draw(policies))


def decide_hourly(
    catalogue: Catalogue, consent: Any, types: list[str], surroundings: Surroundings
) -> tuple[Customer, list[DecisionResult]]:
    """Decides on events of these types, one an hour. Returns the customer and all results."""
    customer = a_customer(contact={"email": "a@b.example", "phone": "+43", "push": "p"})
    customer, results = customer.with_changes(consent=consent), []
    for n, event_type in enumerate(types):
        now = NOON + timedelta(hours=n)
        event = an_event(event_type, f"e-{n}", occurred_at=now)
        result = decide([event], customer, catalogue, surroundings, now, "seed")
        customer = result.customer
        results.append(result)
    return customer, results


@settings(max_examples=150, deadline=None)
@given(catalogues(), consents, event_types, some_surroundings)
def test_the_laws_of_every_decision(
    catalogue: Catalogue, consent: Any, types: list[str], surroundings: Surroundings
) -> None:
    _, results = decide_hourly(catalogue, consent, types, surroundings)
    sent_by_day: Counter[Any] = Counter()
    for result in results:
        (decision,) = result.decisions
        marketing = [a for a in decision.actions if a.what.purpose == "marketing"]
        assert len({action.rule_id for action in marketing}) <= 1, "marketing of one rule only"
        keys = [(a.rule_id, a.id) for a in decision.actions]
        assert len(set(keys)) == len(keys), "each request is fulfilled once"
        for action in decision.actions:
            assert consent[action.channel][action.what.purpose], "no consent, no message"
            assert action.address
            for claim in action.claims:
                used = surroundings.claimed.get(claim.name, 0)
                assert used + claim.amount <= claim.limit, "no more than the capacity"
        sent_by_day[decision.decided_at.date()] += len(marketing)
        assert max(sent_by_day.values()) <= CAP, "no more than the cap"


@settings(max_examples=50, deadline=None)
@given(catalogues(), consents, event_types, some_surroundings)
def test_the_same_arguments_give_the_same_bytes(
    catalogue: Catalogue, consent: Any, types: list[str], surroundings: Surroundings
) -> None:
    once, again = (decide_hourly(catalogue, consent, types, surroundings) for _ in range(2))
    assert once[0].to_dict() == again[0].to_dict()
    for first, second in zip(once[1], again[1], strict=True):
        assert [d.to_dict() for d in first.decisions] == [d.to_dict() for d in second.decisions]
