"""Holdout experiments: counts in both arms of a holdout how many customers reach the goal.

A customer is enrolled in an experiment once. It happens at the first moment at which the arm makes
a difference: every gate but the holdout is open, whether the message is sent in the end or not.
Until that moment the hub treats the customer alike in both arms. So no cap, goal or answer that the
treatment brings about decides who is enrolled, or when, and the arms differ by chance alone. This
is an analysis by intention to treat from a counterfactual trigger (Johnson, Lewis & Nubbemeyer
2017, "Ghost Ads"; Kohavi, Tang & Xu 2020, "Trustworthy Online Controlled Experiments", chapter 20).

A later moment would be biased. A treated customer has used up a cap by then, or reached a goal, and
one who is held out has not. So a universal control group enrols a customer once too, under the
strategy that would have contacted them first. The goal counts once in the 30 days that follow.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.aim import StrategyGoal, group_by_goal_event
from hub.catalogue.domain.policy.holdout import Holdout, collect_experiment_names
from hub.expression.domain import Scope
from hub.kernel.times import parse_time, to_iso
from hub.measurement.domain.sale_line import SALES
from hub.model.contact_history_entries import ExperimentMembership
from hub.model.customer import Customer
from hub.model.enrolment import Enrolment

ENROLMENT_WINDOW = timedelta(days=30)
ANY_SALE = ""
"""The goal if neither the message nor its strategy names one."""
MAX_ENROLMENTS = 40
"""How many a customer keeps. With so many, experiments that are over make room; without any such
the customer is enrolled in no further one, in whichever arm."""


class ExperimentAssignment(NamedTuple):
    """A holdout that applies to a message, the customer's arm, and the goal that is counted."""

    experiment: str
    strategy: str
    held_out: bool
    goal: str


def enrol(
    customer: Customer,
    assignments: Iterable[ExperimentAssignment],
    catalogue: Catalogue,
    at: datetime,
    now: datetime,
) -> tuple[Customer, list[Enrolment]]:
    """Enrols the customer in experiments in which they never were, for an event that happened `at`
    that time. The first assignment of an experiment counts.

    Returns the customer and the new enrolments.
    """
    history = customer.contact_history
    entered = {_split_name(name)[1] for name in history.enrolled}
    fresh: dict[str, ExperimentMembership] = {}
    for experiment, strategy, held_out, goal in assignments:
        if experiment not in entered:
            entered.add(experiment)
            fresh[f"{strategy}|{experiment}"] = ExperimentMembership(
                since=to_iso(at),
                held_out=held_out,
                goal=goal,
                decided_at=to_iso(now),
                converted=False,
            )
    if not fresh:
        return customer, []
    kept = _make_room(history.enrolled, len(fresh), catalogue, at)
    fresh = dict(list(fresh.items())[: MAX_ENROLMENTS - len(kept)])
    enrolled = customer.with_contact_history(history.with_memberships({**kept, **fresh}))
    return enrolled, [_build_enrolment(name, membership) for name, membership in fresh.items()]


def _make_room(
    enrolled: Mapping[str, ExperimentMembership], needed: int, catalogue: Catalogue, at: datetime
) -> Mapping[str, ExperimentMembership]:
    """Drops experiments that are no longer in the catalogue and whose goal counts no longer, if
    there would be too many."""
    if len(enrolled) + needed <= MAX_ENROLMENTS:
        return enrolled
    current = catalogue.policies.derive(Holdout, collect_experiment_names)
    oldest = to_iso(at - ENROLMENT_WINDOW)
    return {
        name: membership
        for name, membership in enrolled.items()
        if _split_name(name)[1] in current or membership.since > oldest
    }


def record_conversions(
    customer: Customer, scope: Scope, catalogue: Catalogue
) -> tuple[Customer, list[Enrolment]]:
    """Records the experiments whose goal the event reached.

    Returns the customer and the converted enrolments.
    """
    history = customer.contact_history
    if not history.enrolled:
        return customer, []
    at = scope.event.occurred_at
    reached = frozenset(_list_reached_goals(scope, catalogue))
    converted = {
        name: membership._replace(converted=True)
        for name, membership in history.enrolled.items()
        if membership.goal in reached
        and not membership.converted
        and timedelta() < at - parse_time(membership.since) <= ENROLMENT_WINDOW
    }
    if not converted:
        return customer, []
    history = history.with_memberships({**history.enrolled, **converted})
    enrolments = [_build_enrolment(name, membership) for name, membership in converted.items()]
    return customer.with_contact_history(history), enrolments


def find_goal(strategy: str, goal: str, catalogue: Catalogue) -> str:
    """Returns `goal` or, if it is empty, the goal of the strategy, else `ANY_SALE`."""
    aims = catalogue.policies.of_kind(StrategyGoal)
    return goal or next((aim.goal.name for aim in aims if aim.strategy == strategy), ANY_SALE)


def _list_reached_goals(scope: Scope, catalogue: Catalogue) -> Iterator[str]:
    event_type = scope.event.type
    yield event_type
    if event_type in SALES:
        yield ANY_SALE
    aims = catalogue.policies.derive(StrategyGoal, group_by_goal_event)
    aimed_at = (aim.goal for aim in aims.get(event_type, ()))
    for goal in (*catalogue.goals_of(event_type), *aimed_at):
        if goal.when and goal.is_reached_by(scope):
            yield goal.name


def _build_enrolment(name: str, membership: ExperimentMembership) -> Enrolment:
    strategy, experiment = _split_name(name)
    return Enrolment(
        experiment=experiment,
        strategy=strategy,
        held_out=membership.held_out,
        since=parse_time(membership.since),
        decided_at=parse_time(membership.decided_at),
        converted=membership.converted,
    )


def _split_name(name: str) -> tuple[str, str]:
    """Splits the name of a membership into strategy and experiment."""
    strategy, _, experiment = name.partition("|")
    return strategy, experiment
