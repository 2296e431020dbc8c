"""Holdout experiments: counts in both arms of a holdout how many customers reach the goal.

A customer who would get a message but for the holdout is enrolled in their arm, even if the
message is not sent in the end (analysis by intention to treat). So the arms differ only by the
holdout. An enrolment holds for 30 days, and the goal counts once in that time.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.aim import StrategyGoal, group_by_goal_event
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


class ExperimentAssignment(NamedTuple):
    """A holdout that applies to a message, the customer's arm, and the goal that is counted."""

    experiment: str
    strategy: str
    held_out: bool
    goal: str


def enrol(
    customer: Customer, assignments: Iterable[ExperimentAssignment], at: datetime, now: datetime
) -> tuple[Customer, list[Enrolment]]:
    """Enrols the customer in the experiments of an event that happened `at` that time.

    Returns the customer and the new enrolments.
    """
    history = customer.contact_history
    running = _select_running(history.enrolled, at) if history.enrolled else {}
    fresh: dict[str, ExperimentMembership] = {}
    for experiment, strategy, held_out, goal in assignments:
        name = f"{strategy}|{experiment}"
        if name not in running and name not in fresh:
            fresh[name] = ExperimentMembership(
                since=to_iso(at),
                held_out=held_out,
                goal=goal,
                decided_at=to_iso(now),
                converted=False,
            )
    if not fresh:
        return customer, []
    latest = sorted({**running, **fresh}.items(), key=lambda item: item[1].since)[-MAX_ENROLMENTS:]
    enrolled = customer.with_contact_history(history.with_memberships(dict(latest)))
    return enrolled, [_build_enrolment(name, membership) for name, membership in fresh.items()]


def _select_running(
    enrolled: Mapping[str, ExperimentMembership], at: datetime
) -> dict[str, ExperimentMembership]:
    oldest = to_iso(at - ENROLMENT_WINDOW)
    return {name: membership for name, membership in enrolled.items() if membership.since > oldest}


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
    strategy, _, experiment = name.partition("|")
    return Enrolment(
        experiment=experiment,
        strategy=strategy,
        held_out=membership.held_out,
        since=parse_time(membership.since),
        decided_at=parse_time(membership.decided_at),
        converted=membership.converted,
    )
