"""Playing: one customer's past events, decided anew in virtual time with any catalogue.

What came from outside comes again at its own time. What the hub caused itself does not: the waits,
emitted events and deliveries are those of the catalogue that is played, so that two catalogues part
only where their rows do.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.episode import RecordedEpisode
from hub.model.event import HUB_SOURCE, Event
from hub.surroundings.domain.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Turn:
    """One event at its time, and what was decided; None where the catalogue could not decide."""

    at: datetime
    event: Event
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class SimulationEnvironment:
    """The world that customers are played in. `surroundings` finds those of a name; `delivered` is
    the event by which an action is told to have gone out; `fitted` keeps a customer within the size
    that is stored; nothing happens after `until`."""

    find_surroundings: Callable[[str], Surroundings]
    build_delivered_event: Callable[[Action, datetime], Event]
    fit_customer: Callable[[Customer], Customer]
    until: datetime


@dataclass(frozen=True, slots=True, order=True)
class _ScheduledEvent:
    """In the order of time and, of two at once, of their numbers."""

    at: datetime
    number: int
    event: Event
    surroundings_name: str | None = None


def simulate_customer(
    records: Sequence[RecordedEpisode], catalogue: Catalogue, environment: SimulationEnvironment
) -> Iterator[Turn]:
    """Every turn of one customer, whose records are in the order of their versions."""
    customer, seed = records[0].before, records[0].episode.seed
    numbers, around = count(), ""
    coming = [
        _ScheduledEvent(at, next(numbers), event, name)
        for at, event, name in select_external_events(records)
    ]
    heapify(coming)
    while coming and coming[0].at <= environment.until:
        now = heappop(coming)
        around = around if now.surroundings_name is None else now.surroundings_name
        try:
            verdict = decide(
                [now.event],
                customer,
                catalogue,
                environment.find_surroundings(around),
                now.at,
                seed,
            )
        except Rejected:
            yield Turn(now.at, now.event, None)
            continue
        customer = environment.fit_customer(verdict.customer)
        for decision in verdict.decisions:
            yield Turn(now.at, now.event, decision)
            for at, event in _build_caused_events(
                decision, now.at, environment.build_delivered_event
            ):
                heappush(coming, _ScheduledEvent(at, next(numbers), event))


def select_external_events(
    records: Iterable[RecordedEpisode],
) -> Iterator[tuple[datetime, Event, str]]:
    """When, what and in which surroundings. The end of a wait that began before the first record
    is from outside too: no catalogue that is played could cause it."""
    records = list(records)
    caused = {name for r in records for d in r.episode.decisions for name in _find_caused_ids(d)}
    for record in records:
        episode = record.episode
        for event in episode.events:
            if event.source != HUB_SOURCE or caused.isdisjoint(
                {event.id, event.id.rpartition(".")[0]}
            ):
                yield episode.decided_at, event, episode.surroundings


def _find_caused_ids(decision: Decision) -> Iterator[str]:
    """Ids of the events to come; the outcome of an action has that action's id before the dot."""
    yield from (timer.id for timer in decision.timers)
    yield from (action.id for action in decision.actions)
    yield from (emitted["id"] for emitted in decision.emitted)


def _build_caused_events(
    decision: Decision, now: datetime, delivered: Callable[[Action, datetime], Event]
) -> Iterator[tuple[datetime, Event]]:
    """An event that rules sent round in a circle too often is refused here as it is everywhere."""
    waits = [(timer.due_at, timer.event) for timer in decision.timers]
    for at, event in [*waits, *((now, emitted) for emitted in decision.emitted)]:
        try:
            yield at, Event.from_dict(event)
        except Rejected:
            continue
    for action in decision.actions:
        yield now, delivered(action, now)
