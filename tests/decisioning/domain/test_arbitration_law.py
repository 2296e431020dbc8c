"""What holds of every decision, whatever the marketers wrote and whoever the customer is."""

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
WAYS = {c: {"template": "letter", **({"queue": "q"} if c == "call" else {})} for c in CHANNELS}

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
            a_policy("capacity", "desk", queue="q", slots=2),
            a_policy("context_weight", "w", weight=3, category="coffee"),
            a_policy("channel_cost", "cost", channel="sms", cost=8),
            a_policy("suppression", "hush", when="seen('complaint.filed', days=1)"),
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
happenings = st.lists(
    st.sampled_from(["page.viewed", "page.viewed", "order.completed", "complaint.filed"]),
    min_size=1,
    max_size=8,
)
around = st.sampled_from(
    [Surroundings(), Surroundings(claimed={"offer:o0": 3, "queue:q/2026-11-22T12": 2})]
)


@st.composite
def scores(draw: st.DrawFn) -> Catalogue:
    rules = [
        a_rule(f"r{n}", *draw(verbs), priority=draw(st.integers(0, 1)))
        for n in range(draw(st.integers(1, 4)))
    ]
    rows = [an_offer(f"o{n}", treatments=WAYS, **row) for n, row in enumerate(draw(offers))]
    cap = a_policy("frequency_cap", "cap", most={"day": CAP})
    return a_catalogue(*rules, *rows, cap, *draw(policies))


def lived(
    catalogue: Catalogue, consent: Any, types: list[str], surroundings: Surroundings
) -> tuple[Customer, list[DecisionResult]]:
    """A customer to whom these things happen, an hour after each other."""
    customer = a_customer(contact={"email": "a@b.example", "phone": "+43", "push": "p"})
    customer, verdicts = customer.with_changes(consent=consent), []
    for n, event_type in enumerate(types):
        now = NOON + timedelta(hours=n)
        event = an_event(event_type, f"e-{n}", occurred_at=now)
        verdict = decide([event], customer, catalogue, surroundings, now, "seed")
        customer = verdict.customer
        verdicts.append(verdict)
    return customer, verdicts


@settings(max_examples=150, deadline=None)
@given(scores(), consents, happenings, around)
def test_the_laws_of_every_decision(
    catalogue: Catalogue, consent: Any, types: list[str], surroundings: Surroundings
) -> None:
    _, verdicts = lived(catalogue, consent, types, surroundings)
    days: Counter[Any] = Counter()
    for verdict in verdicts:
        (decision,) = verdict.decisions
        marketing = [a for a in decision.actions if a.what.purpose == "marketing"]
        assert len({action.rule_id for action in marketing}) <= 1, "one rule speaks"
        asked = [(a.rule_id, a.id) for a in decision.actions]
        assert len(set(asked)) == len(asked), "each request is fulfilled once"
        for action in decision.actions:
            assert consent[action.channel][action.what.purpose], "no consent, no message"
            assert action.address
            for claim in action.claims:
                taken = surroundings.claimed.get(claim.name, 0)
                assert taken + claim.amount <= claim.limit, "nothing beyond what there is"
        days[decision.decided_at.date()] += len(marketing)
        assert max(days.values()) <= CAP, "a cap that is reached is a closed gate"


@settings(max_examples=50, deadline=None)
@given(scores(), consents, happenings, around)
def test_the_same_again_is_the_same_to_the_byte(
    catalogue: Catalogue, consent: Any, types: list[str], surroundings: Surroundings
) -> None:
    once, again = (lived(catalogue, consent, types, surroundings) for _ in range(2))
    assert once[0].to_dict() == again[0].to_dict()
    for first, second in zip(once[1], again[1], strict=True):
        assert [d.to_dict() for d in first.decisions] == [d.to_dict() for d in second.decisions]
