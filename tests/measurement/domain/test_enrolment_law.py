"""Who is enrolled, and when, does not depend on the arm: in every life, with every catalogue."""

from datetime import timedelta
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.decisioning.domain.decide import decide
from hub.model.enrolment import Enrolment
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.catalogues import OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer
from tests.factories import NOON, a_customer, an_event

EVENT_TYPES = ("page.viewed", "product.viewed", "order.completed", "offer.clicked")
SUPPRESS = {"do": "suppress", "strategy": "second", "for": "8d"}
HOLDOUTS = {
    "universal": {},
    "first": {"strategy": "first"},
    "second": {"strategy": "second"},
    "beans": {"offer": "beans"},
}
OTHER_POLICIES = (
    a_policy("frequency_cap", "cap", most={"week": 1}),
    a_policy("suppression", "calm", when="seen('order.completed', days=3)", reason="calm"),
    a_policy("quiet_hours", "night", **{"from": "22:00", "to": "07:00"}),
    a_policy("aim", "aim", strategy="first", goal="order.completed", target="bought"),
)
OFFERS = (
    an_offer("beans", caps={"ever": 1}, goal="order.completed"),
    an_offer("mugs", eligible="not seen('offer.clicked', days=9)"),
)
REACTIONS = (None, "order.completed", "offer.clicked")


class World(NamedTuple):
    """A catalogue and what happens in it: event types, each so many hours after the one before.
    Each message that is sent leads to the event `reaction` an hour later."""

    rows: tuple[dict[str, Any], ...]
    percents: dict[str, int]
    life: list[tuple[str, int]]
    reaction: str | None


rules = st.lists(
    st.tuples(
        st.sampled_from(["first", "second"]),
        st.sampled_from(EVENT_TYPES),
        st.sampled_from([OFFER, SEND, {**SEND, "goal": "order.completed"}, SUPPRESS]),
    ),
    min_size=1,
    max_size=5,
)
worlds = st.builds(
    lambda rules, policies, percents, life, reaction: World(
        (
            *(
                a_rule(f"r{n}", verb, strategy=strategy, event=event_type)
                for n, (strategy, event_type, verb) in enumerate(rules)
            ),
            *policies,
            *OFFERS,
        ),
        percents,
        life,
        reaction,
    ),
    rules,
    st.lists(st.sampled_from(OTHER_POLICIES), unique_by=lambda row: row["policy_id"]),
    st.dictionaries(st.sampled_from([*HOLDOUTS]), st.sampled_from([0, 100]), max_size=3),
    st.lists(
        st.tuples(st.sampled_from(EVENT_TYPES), st.integers(1, 24 * 40)), min_size=1, max_size=10
    ),
    st.sampled_from(REACTIONS),
)


def live(world: World, **percents: int) -> list[Enrolment]:
    """Lives the life and returns all enrolments. Holdouts have `percents`, 0 or 100 of all."""
    holdouts = (
        a_policy("holdout", name, percent=percent, **HOLDOUTS[name])
        for name, percent in {**world.percents, **percents}.items()
    )
    catalogue = a_catalogue(*world.rows, *holdouts)
    customer, enrolments, reactions, at = a_customer(), list[Enrolment](), list[Event](), NOON
    for number, (event_type, hours) in enumerate(world.life):
        at += timedelta(hours=hours)
        due = [event for event in reactions if event.occurred_at < at]
        reactions = [event for event in reactions if event not in due]
        for event in (*due, an_event(event_type, f"e-{number}", occurred_at=at)):
            result = decide([event], customer, catalogue, NO_SURROUNDINGS, event.occurred_at, "s")
            customer = result.customer
            for decision in result.decisions:
                enrolments += decision.enrolments
                reactions += _react(world, decision.actions, event)
                reactions += (Event.from_dict(timer.event) for timer in decision.timers)
    return enrolments


def _react(world: World, actions: Any, event: Event) -> list[Event]:
    if world.reaction is None:
        return []
    at = event.occurred_at + timedelta(hours=1)
    return [an_event(world.reaction, f"{a.id}-reaction", occurred_at=at) for a in actions]


@settings(max_examples=150)
@given(world=worlds, experiment=st.sampled_from([*HOLDOUTS]))
def test_who_is_enrolled_and_when_does_not_depend_on_the_arm(world: World, experiment: str) -> None:
    treated, held_out = (
        [
            (one.strategy, one.since, one.decided_at)
            for one in live(world, **{experiment: percent})
            if one.experiment == experiment and not one.converted
        ]
        for percent in (0, 100)
    )
    assert treated == held_out
    assert len(treated) <= 1


def test_the_law_sees_lives_in_which_somebody_is_enrolled_and_reacts() -> None:
    rows = (a_rule("r", SEND, strategy="first"), OTHER_POLICIES[0])
    world = World(rows, {}, [("page.viewed", 1), ("page.viewed", 800)], "order.completed")
    arms = [live(world, universal=percent) for percent in (0, 100)]
    assert [[(one.held_out, one.converted) for one in arm] for arm in arms] == [
        [(False, False), (False, True)],
        [(True, False)],
    ]
