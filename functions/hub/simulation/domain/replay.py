"""Replay: deciding an archived episode again, on the same data. The result must be the same to the
byte."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.json_types import Json
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.episode import RecordedEpisode
from hub.surroundings.domain.surroundings import Surroundings

ABSENT = object()

FitCustomer = Callable[[Customer], Customer]
"""Trims a customer to the size that is stored."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field of an episode that differs: `decisions[0].actions[1].channel`, or a field of
    the customer `after` it."""

    customer_id: str
    version: int
    decided_at: datetime
    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ReplayedEpisode:
    """The decisions about an episode's events now, and the customer as written after them."""

    recorded: RecordedEpisode
    decisions: tuple[Decision, ...]
    after: Customer


def decide_again(
    recorded: RecordedEpisode,
    catalogue: Catalogue,
    surroundings: Surroundings,
    fit_customer: FitCustomer,
) -> ReplayedEpisode:
    """Decides the events of an episode again."""
    episode = recorded.episode
    result = decide(
        episode.events, recorded.before, catalogue, surroundings, episode.decided_at, episode.seed
    )
    after = replace(fit_customer(result.customer), version=episode.version + 1)
    return ReplayedEpisode(recorded, result.decisions, after)


def find_differences(
    replayed: ReplayedEpisode, following: RecordedEpisode | None
) -> Iterator[Difference]:
    """Yields at most one difference in the decisions and one in the customer after them.

    The customer after an episode is known if the customer's next episode started from it."""
    episode = replayed.recorded.episode
    was, now = (
        [decision.to_dict() for decision in decisions]
        for decisions in (episode.decisions, replayed.decisions)
    )
    differences = [find_first_difference("decisions", was, now)]
    if following and following.episode.version == replayed.after.version:
        states = following.before.to_dict(), replayed.after.to_dict()
        differences.append(find_first_difference("after", *states))
    for difference in filter(None, differences):
        yield Difference(episode.customer_id, episode.version, episode.decided_at, *difference)


def find_first_difference(name: str, was: Json, now: Json) -> tuple[str, str, str] | None:
    """Finds the first different field: its path, its value then and its value now, as JSON.

    None if the two are the same to the byte."""
    texts = to_canonical_json(was), to_canonical_json(now)
    return _find_first(name, *map(json.loads, texts)) if texts[0] != texts[1] else None


def _find_first(path: str, was: Json, now: Json) -> tuple[str, str, str]:
    for part_path, part_was, part_now in _pair_parts(path, was, now):
        if _to_text(part_was) != _to_text(part_now):
            return _find_first(part_path, part_was, part_now)
    return path, _to_text(was), _to_text(now)


def _pair_parts(path: str, was: Json, now: Json) -> Iterator[tuple[str, Json, Json]]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            yield f"{path}.{key}", was.get(key, ABSENT), now.get(key, ABSENT)
    elif isinstance(was, list) and isinstance(now, list):
        for index, pair in enumerate(zip_longest(was, now, fillvalue=ABSENT)):
            yield f"{path}[{index}]", *pair


def _to_text(value: Json) -> str:
    return "absent" if value is ABSENT else to_canonical_json(value)
