"""Simulates one customer: decides the past events again, in virtual time, with any catalogue.

Events from outside come again at their own time. Events that the hub caused itself do not: waits,
emitted events and outcomes are those of the simulated catalogue. So two catalogues differ only by
their rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.kernel.contact_details.address_refusals import NO_REFUSALS, AddressRefusals
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.episode import Episode, RecordedEpisode
from hub.model.event import HUB_SOURCE, Event
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Turn:
    """One event at its time, and the decision; None if the catalogue could not decide."""

    at: datetime
    event: Event
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class SimulationEnvironment:
    """Everything that a simulation takes from outside.

    `find_surroundings` finds those of a name. `build_delivered_event` builds the outcome of an
    action. `fit_customer` trims a customer to the size that is stored. Nothing happens after
    `until`."""

    find_surroundings: Callable[[str], Surroundings]
    build_delivered_event: Callable[[Action, datetime], Event]
    fit_customer: Callable[[Customer], Customer]
    until: datetime


@dataclass(frozen=True, slots=True, order=True)
class _ScheduledEvent:
    """An event to come, ordered by time and then by number."""

    at: datetime
    number: int
    event: Event
    surroundings_name: str | None = None
    refusals: AddressRefusals = NO_REFUSALS


def simulate_customer(
    records: Sequence[RecordedEpisode], catalogue: Catalogue, environment: SimulationEnvironment
) -> Iterator[Turn]:
    """Yields every turn of one customer, whose records are in the order of their versions."""
    customer, seed = records[0].before, records[0].episode.seed
    numbers, surroundings_name = count(), ""
    schedule = [
        _ScheduledEvent(
            episode.decided_at, next(numbers), event, episode.surroundings, episode.refusals
        )
        for episode, event in select_external_events(records)
    ]
    heapify(schedule)
    while schedule and schedule[0].at <= environment.until:
        current = heappop(schedule)
        if current.surroundings_name is not None:
            surroundings_name = current.surroundings_name
            customer = customer.with_changes(refusals=current.refusals)
        try:
            result = decide(
                [current.event],
                customer,
                catalogue,
                environment.find_surroundings(surroundings_name),
                current.at,
                seed,
            )
        except Rejected:
            yield Turn(current.at, current.event, None)
            continue
        customer = environment.fit_customer(result.customer)
        for decision in result.decisions:
            yield Turn(current.at, current.event, decision)
            for at, event in _build_caused_events(
                decision, current.at, environment.build_delivered_event
            ):
                heappush(schedule, _ScheduledEvent(at, next(numbers), event))


def select_external_events(
    records: Iterable[RecordedEpisode],
) -> Iterator[tuple[Episode, Event]]:
    """Yields the events from outside, each with its episode.

    The end of a wait that began before the first record also counts as from outside, because no
    simulated catalogue could cause it."""
    records = list(records)
    caused = {name for r in records for d in r.episode.decisions for name in _find_caused_ids(d)}
    for record in records:
        episode = record.episode
        for event in episode.events:
            if event.source != HUB_SOURCE or caused.isdisjoint(
                {event.id, event.id.rpartition(".")[0]}
            ):
                yield episode, event


def _find_caused_ids(decision: Decision) -> Iterator[str]:
    """Yields the ids of the events that a decision causes. The id of an action's outcome starts
    with the action's id and a dot."""
    yield from (timer.id for timer in decision.timers)
    yield from (action.id for action in decision.actions)
    yield from (emitted["id"] for emitted in decision.emitted)


def _build_caused_events(
    decision: Decision, now: datetime, build_delivered_event: Callable[[Action, datetime], Event]
) -> Iterator[tuple[datetime, Event]]:
    """Yields the events that a decision causes, without those of too many hops."""
    waits = [(timer.due_at, timer.event) for timer in decision.timers]
    for at, event in [*waits, *((now, emitted) for emitted in decision.emitted)]:
        try:
            yield at, Event.from_dict(event)
        except Rejected:
            continue
    for action in decision.actions:
        yield now, build_delivered_event(action, now)
