"""What dead letters hold: the events and actions in their bodies."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from hub.entrypoints.outbox_stream import read_outbox
from hub.identity.domain.merge_record import MERGED, UNMERGED
from hub.life_events.domain.occasions import SOURCE as OCCASIONS
from hub.messaging.domain import bus_records
from hub.model.event import HUB_SOURCE
from hub.model.postponed_action import POSTPONED, RESUMED
from hub.profile.domain.erasure import ERASED
from hub.profile.domain.refusal_event import is_passed_refusal

EVENT_QUEUES = ("customer", "timers")
"""Their letters are canonical events."""
INBOUND_QUEUE, OUTBOX_QUEUE, STREAM_QUEUE = "events", "dispatch", "customer-stream"
UNRECORDED_TYPES = (MERGED, UNMERGED, POSTPONED, ERASED)


@dataclass(slots=True)
class LetterContents:
    """`events` are id -> source. `follow_ups` are ids of events that a decision in a letter makes.

    `unrecorded` are those of `events` that the hub makes without a record of it.
    """

    events: dict[str, str] = field(default_factory=dict)
    follow_ups: set[str] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)
    unrecorded: dict[str, str] = field(default_factory=dict)

    def add_event(self, event: Mapping[str, Any]) -> None:
        """Add an event. One that puts an action off or resumes it takes the action with it."""
        name, source, kind = str(event["id"]), str(event["source"]), str(event.get("type", ""))
        self.events[name] = source
        if is_made_by_hub(source, kind, name):
            self.unrecorded[name] = source
        if kind in (POSTPONED, RESUMED):
            self.actions.add(event["properties"]["action"]["id"])

    def add_envelope(self, envelope: Mapping[str, Any]) -> None:
        """Add what the bus sent: a source's payload, or an event of the hub."""
        detail = envelope["detail"]
        if envelope.get("source") == bus_records.OUTCOME:
            self.add_event(detail)
        else:
            self.events[f"{detail['source']}:{detail['id']}"] = str(detail["source"])

    def add_outbox(self, outbox: Mapping[str, Any], saved: Collection[str]) -> None:
        """Add an outbox. The event of a decision that is not saved is as lost as the outbox is.

        Of a saved one it is not known what was published, so all that has no other end is lost.
        """
        for decision in outbox["episode"]["decisions"]:
            if decision["id"] not in saved:
                name, source = str(decision["event_id"]), str(decision["source"])
                self.events[name] = source
                if is_made_by_hub(source, str(decision["event_type"]), name):
                    self.unrecorded[name] = source
                continue
            actions = (*decision["actions"], *decision.get("resumed", ()))
            self.actions.update(action["id"] for action in actions)
            self.follow_ups.update(event["id"] for event in decision.get("emitted", ()))
            self.follow_ups.update(timer["event"]["id"] for timer in decision["timers"])


def read_contents(
    letters: Mapping[str, Iterable[str]], channels: Collection[str], saved: Collection[str]
) -> LetterContents:
    """Read the bodies of dead letters, by queue. `saved` are the ids of stored decisions.

    Letters of other queues than these are no end: a copy for the learner, a tick, a file. Nor is a
    letter that nobody can read, because nobody accepted it.
    """
    contents = LetterContents()
    for queue, bodies in letters.items():
        for body in _parse_all(bodies):
            try:
                _add(contents, queue, body, channels, saved)
            except (AttributeError, KeyError, TypeError):
                continue
    return contents


def is_made_by_hub(source: str, event_type: str, event_id: str) -> bool:
    """Return whether the hub itself makes such an event and no record says that it did.

    These are occasions, and events about customers: merges, erasures by hand, refusals passed on,
    actions put off. They count as created when they are met.
    """
    if source == OCCASIONS:
        return True
    if is_passed_refusal(event_id, source):
        return True
    return source == HUB_SOURCE and event_type in UNRECORDED_TYPES


def _add(
    contents: LetterContents,
    queue: str,
    body: Mapping[str, Any],
    channels: Collection[str],
    saved: Collection[str],
) -> None:
    if queue == INBOUND_QUEUE:
        contents.add_envelope(body)
    elif queue in EVENT_QUEUES:
        contents.add_event(body)
    elif queue in channels and "id" in body:
        contents.actions.add(str(body["id"]))
    elif queue == OUTBOX_QUEUE:
        contents.add_outbox(body, saved)
    elif queue == STREAM_QUEUE:
        for record in body["records"]:
            if outbox := read_outbox(record):
                contents.add_outbox(outbox.body, saved)


def _parse_all(bodies: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for body in bodies:
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError:
            continue
        if isinstance(parsed, dict):
            yield parsed
