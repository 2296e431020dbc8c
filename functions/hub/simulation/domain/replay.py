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
from hub.kernel.canonical_json import canonical_json
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.episode import Recorded
from hub.surroundings.domain.surroundings import Surroundings

ABSENT = object()

Fitted = Callable[[Customer], Customer]


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
class Again:
    """What comes of the events of an episode now, and the customer as written after it."""

    recorded: Recorded
    decisions: tuple[Decision, ...]
    after: Customer


def decide_again(
    recorded: Recorded, catalogue: Catalogue, surroundings: Surroundings, fitted: Fitted
) -> Again:
    """`fitted` is what keeps a customer within the size that is stored."""
    episode = recorded.episode
    verdict = decide(
        episode.events, recorded.before, catalogue, surroundings, episode.decided_at, episode.seed
    )
    after = replace(fitted(verdict.customer), version=episode.version + 1)
    return Again(recorded, verdict.decisions, after)


def differences(again: Again, following: Recorded | None) -> Iterator[Difference]:
    """At most one in what was decided and one in the state after it, which is known where the
    customer's next episode began in it."""
    episode = again.recorded.episode
    was, now = ([d.to_dict() for d in made] for made in (episode.decisions, again.decisions))
    found = [first_difference("decisions", was, now)]
    if following and following.episode.version == again.after.version:
        states = following.before.to_dict(), again.after.to_dict()
        found.append(first_difference("after", *states))
    for place in filter(None, found):
        yield Difference(episode.customer_id, episode.version, episode.decided_at, *place)


def first_difference(name: str, was: Any, now: Any) -> tuple[str, str, str] | None:
    """Field, what it was and what it is now, as JSON; None where the two are the same to the
    byte."""
    texts = canonical_json(was), canonical_json(now)
    return _first(name, *map(json.loads, texts)) if texts[0] != texts[1] else None


def _first(place: str, was: Any, now: Any) -> tuple[str, str, str]:
    for name, one, other in _parts(place, was, now):
        if _text(one) != _text(other):
            return _first(name, one, other)
    return place, _text(was), _text(now)


def _parts(place: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            yield f"{place}.{key}", was.get(key, ABSENT), now.get(key, ABSENT)
    elif isinstance(was, list) and isinstance(now, list):
        for index, (one, other) in enumerate(zip_longest(was, now, fillvalue=ABSENT)):
            yield f"{place}[{index}]", one, other


def _text(value: Any) -> str:
    return "absent" if value is ABSENT else canonical_json(value)
