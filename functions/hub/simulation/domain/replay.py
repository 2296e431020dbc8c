"""Deciding again what was decided, on what it was decided on: it must come out the same, to the
byte."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.kernel.canonical_json import to_canonical_json
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.episode import RecordedEpisode
from hub.surroundings.domain.surroundings import Surroundings

ABSENT = object()

FitCustomer = Callable[[Customer], Customer]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field of an episode that came out otherwise: `decisions[0].actions[1].channel`, or
    one of the customer `after` it."""

    customer_id: str
    version: int
    decided_at: datetime
    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ReplayedEpisode:
    """What comes of the events of an episode now, and the customer as written after it."""

    recorded: RecordedEpisode
    decisions: tuple[Decision, ...]
    after: Customer


def decide_again(
    recorded: RecordedEpisode,
    catalogue: Catalogue,
    surroundings: Surroundings,
    fit_customer: FitCustomer,
) -> ReplayedEpisode:
    """`fitted` is what keeps a customer within the size that is stored."""
    episode = recorded.episode
    verdict = decide(
        episode.events, recorded.before, catalogue, surroundings, episode.decided_at, episode.seed
    )
    after = replace(fit_customer(verdict.customer), version=episode.version + 1)
    return ReplayedEpisode(recorded, verdict.decisions, after)


def find_differences(
    replayed: ReplayedEpisode, following: RecordedEpisode | None
) -> Iterator[Difference]:
    """At most one in what was decided and one in the state after it, which is known where the
    customer's next episode began in it."""
    episode = replayed.recorded.episode
    was, now = ([d.to_dict() for d in made] for made in (episode.decisions, replayed.decisions))
    found = [find_first_difference("decisions", was, now)]
    if following and following.episode.version == replayed.after.version:
        states = following.before.to_dict(), replayed.after.to_dict()
        found.append(find_first_difference("after", *states))
    for place in filter(None, found):
        yield Difference(episode.customer_id, episode.version, episode.decided_at, *place)


def find_first_difference(name: str, was: Any, now: Any) -> tuple[str, str, str] | None:
    """Field, what it was and what it is now, as JSON; None where the two are the same to the
    byte."""
    texts = to_canonical_json(was), to_canonical_json(now)
    return _find_first(name, *map(json.loads, texts)) if texts[0] != texts[1] else None


def _find_first(place: str, was: Any, now: Any) -> tuple[str, str, str]:
    for name, one, other in _pair_parts(place, was, now):
        if _to_text(one) != _to_text(other):
            return _find_first(name, one, other)
    return place, _to_text(was), _to_text(now)


def _pair_parts(place: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            yield f"{place}.{key}", was.get(key, ABSENT), now.get(key, ABSENT)
    elif isinstance(was, list) and isinstance(now, list):
        for index, (one, other) in enumerate(zip_longest(was, now, fillvalue=ABSENT)):
            yield f"{place}[{index}]", one, other


def _to_text(value: Any) -> str:
    return "absent" if value is ABSENT else to_canonical_json(value)
