"""Limits the events of public keys: anybody can send with them, as much as they like.

What is over the limit is parked, and can be replayed. A refusal is always taken.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.intake.ports import KeyCounts
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.profile.domain.trait_kinds import find_refusals

MOST_EVENTS = 60_000
"""The most events of one public key in a minute."""


@dataclass(frozen=True, slots=True)
class LimitPublicKeys:
    counts: KeyCounts
    most_events: int = MOST_EVENTS

    @property
    def reason(self) -> str:
        return f"more than {self.most_events} events came with this public key in one minute"

    def __call__(self, received: Sequence[tuple[InboundPayload | None, Event]]) -> set[int]:
        """Returns the indices of the events that are over the limit of their key.

        The hub's own events have no payload. A repeated batch counts again.
        """
        groups: dict[tuple[str, datetime], list[int]] = defaultdict(list)
        for index, (payload, event) in enumerate(received):
            if payload and payload.key and not find_refusals(event.traits):
                minute = payload.received_at.replace(second=0, microsecond=0)
                groups[payload.key, minute].append(index)
        over: set[int] = set()
        for (key, minute), indices in groups.items():
            surplus = self.counts.add(key, minute, len(indices)) - self.most_events
            if surplus > 0:
                over.update(indices[-min(surplus, len(indices)) :])
        return over
