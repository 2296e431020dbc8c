"""The balance: how every event and every action ended.

It counts ids and not items, because one delivery may be parked twice, one wait may be set twice and
one action may lie twice in a queue. A decision is counted as often as it was made: to decide twice
on an event is a fault, and shows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from hub.delivery.ports import ActionStatus
from hub.kernel.times import parse_time
from hub.model.channels import OUTBOUND_CHANNELS
from hub.model.event import HUB_SOURCE
from hub.model.postponed_action import RESUMED
from tools.segue import dead_letters
from tools.segue.event_letters import (
    EVENT_QUEUES,
    INBOUND_QUEUE,
    OUTBOX_QUEUE,
    STREAM_QUEUE,
    LetterContents,
    is_made_by_hub,
    read_contents,
)
from tools.segue.hub import Hub
from tools.segue.parked_payloads import REPLAYED

CHANNELS = (*OUTBOUND_CHANNELS, "warehouse", "connectors")
ACCOUNTED_QUEUES = (*EVENT_QUEUES, INBOUND_QUEUE, OUTBOX_QUEUE, STREAM_QUEUE, *CHANNELS)
"""The queues whose letters are an end of events or actions."""
FINAL = ("delivered", "declined", "refused", "unknown")
FACT_KIND = "event"


@dataclass(frozen=True, slots=True)
class HubRecords:
    """What the account is made of: items of the tables, and the bodies of dead letters by queue.

    `dead` and `under_way` count messages by queue. `letters` may have fewer than `dead`, because a
    FIFO queue shows ten letters of a group at once.
    """

    decisions: Iterable[Mapping[str, Any]] = ()
    facts: Iterable[Mapping[str, Any]] = ()
    parked: Iterable[Mapping[str, Any]] = ()
    ledger: Iterable[Mapping[str, Any]] = ()
    letters: Mapping[str, list[str]] = field(default_factory=dict)
    dead: Mapping[str, int] = field(default_factory=dict)
    under_way: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Balance:
    """Events and actions by how they ended. Counts of events are by source.

    - `surroundings` counts facts, on which nothing is decided.
    - `waiting` counts waits of customers that are not over.
    - `dead_events` counts the events in dead letters, `unread` the letters that a queue did not
      show; `dead` counts letters by queue, whatever they are.
    - `created` counts the events that the hub itself made.
    - `under_way` counts the messages in work queues, by queue.
    - `actions` also counts `outcomes`, `timers` and `emitted`: the events that come of decisions
      and actions. Its `postponed` wait for the end of quiet hours; its `pending` are under way.
    """

    decided: Mapping[str, int]
    surroundings: Mapping[str, int]
    parked: Mapping[str, int]
    replayed: Mapping[str, int]
    dead: Mapping[str, int]
    under_way: Mapping[str, int]
    actions: Mapping[str, int]
    waiting: Mapping[str, int] = field(default_factory=dict)
    dead_events: Mapping[str, int] = field(default_factory=dict)
    created: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0

    @property
    def is_settled(self) -> bool:
        """Return whether nothing is under way."""
        return not any(self.under_way.values()) and not self.actions["pending"]

    def to_dict(self) -> dict[str, Any]:
        names = (
            *("decided", "surroundings", "parked", "replayed", "waiting", "dead_events", "created"),
            *("dead", "under_way", "actions"),
        )
        counts = {name: dict(getattr(self, name)) for name in names}
        return {**counts, "unread": self.unread, "settled": self.is_settled}


def compute_balance(hub: Hub) -> Balance:
    """Compute the balance. It scans whole tables, so it is meant for a hub of modest size."""
    return count_ends(read_records(hub), datetime.now(UTC))


def read_records(hub: Hub) -> HubRecords:
    """Read tables and queues. Dead letters stay in their queues."""
    boxes = dead_letters.list_queues(hub.outputs)
    dead = {box.name: count for box, count in dead_letters.count_letters(hub)}
    return HubRecords(
        decisions=filter(is_decision, scan(hub, "Decisions")),
        facts=(row for row in scan(hub, "Surroundings") if row["kind"] == FACT_KIND),
        parked=scan(hub, "Parked"),
        ledger=scan(hub, "Ledger"),
        letters={
            box.name: dead_letters.read_bodies(hub, box, dead[box.name])
            for box in boxes
            if dead[box.name] and box.name in ACCOUNTED_QUEUES
        },
        dead=dead,
        under_way={
            box.name: dead_letters.count_messages(hub, box.work_url)
            for box in boxes
            if box.work_url
        },
    )


@dataclass(slots=True)
class _Decided:
    """What the stored decisions say: the events decided, and what came of them, all by id."""

    sources: Counter[str] = field(default_factory=Counter)
    decisions: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)
    timers: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """Event id -> when the wait is over, and the action that is resumed then, if any."""
    emitted: set[str] = field(default_factory=set)
    unrecorded: dict[str, str] = field(default_factory=dict)
    """Event id -> source, of the events that the hub makes without a record of it."""

    def add(self, item: Mapping[str, Any]) -> None:
        record = orjson.loads(item["record"])
        event_id = record["event_id"]
        self.sources[item["source"]] += 1
        self.decisions.add(record["id"])
        self.events.add(event_id)
        if is_made_by_hub(item["source"], item["event_type"], event_id):
            self.unrecorded[event_id] = item["source"]
        self.actions.update(action["id"] for action in record["actions"])
        self.emitted.update(event["id"] for event in record.get("emitted", ()))
        for timer in record["timers"]:
            event = timer["event"]
            resumed = event["properties"]["action"]["id"] if event["type"] == RESUMED else ""
            # Like the schedule, which keeps the first of two timers of one name.
            self.timers.setdefault(event["id"], (parse_time(timer["due_at"]), resumed))


def count_ends(records: HubRecords, now: datetime) -> Balance:
    """Count how each event and each action ended, each once."""
    decided = _Decided()
    for item in records.decisions:
        decided.add(item)
    facts = {str(row["name"]): str(row["source"]) for row in records.facts}
    rows = list(records.parked)
    parked = {_to_event_id(row): str(row["source"]) for row in rows if row["status"] != REPLAYED}
    parked = {name: s for name, s in parked.items() if name not in decided.events | facts.keys()}
    # A line outlives its decision. Only actions whose decision is stored are in the account.
    lines = {
        str(line["action_id"]): line
        for line in records.ledger
        if line["action_id"] in decided.actions
    }
    outcomes = set(_list_outcomes(lines.values()))
    contents = read_contents(records.letters, CHANNELS, decided.decisions)
    ended = decided.events | facts.keys() | parked.keys()
    own = decided.timers.keys() | decided.emitted | outcomes
    dead_events = {
        name: source
        for name, source in _list_dead_events(contents, lines, own).items()
        if name not in ended
    }
    over = ended | dead_events.keys()
    waits = {
        name: resumed
        for name, (due_at, resumed) in decided.timers.items()
        if due_at > now and name not in over
    }
    created = dict.fromkeys(own, HUB_SOURCE) | decided.unrecorded | contents.unrecorded
    return Balance(
        decided=decided.sources,
        surroundings=Counter(facts.values()),
        parked=Counter(parked.values()),
        replayed=Counter(row["source"] for row in rows if row["status"] == REPLAYED),
        dead=dict(records.dead),
        under_way=dict(records.under_way),
        waiting=Counter({HUB_SOURCE: len(waits)} if waits else {}),
        dead_events=Counter(dead_events.values()),
        created=Counter(created.values()),
        unread=sum(
            max(0, records.dead[name] - len(bodies)) for name, bodies in records.letters.items()
        ),
        actions={
            **_count_actions(decided.actions, lines, contents.actions, {*waits.values()}),
            "outcomes": len(outcomes),
            "timers": len(decided.timers),
            "emitted": len(decided.emitted),
        },
    )


def is_decision(item: Mapping[str, Any]) -> bool:
    """Return whether the item is a decision. The table also holds their outcomes."""
    return "record" in item


def _to_event_id(row: Mapping[str, Any]) -> str:
    """Return the id of a parked event, or of the event that a parked payload would become."""
    if row.get("bus_source"):
        return str(row["delivery_id"])
    return f"{row['source']}:{row['delivery_id']}"


def _list_outcomes(lines: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the ids of the events that said how actions ended. An action that was settled by hand
    ended twice: as unknown, and then as somebody said."""
    for line in lines:
        if line["status"] in FINAL:
            yield f"{line['action_id']}.{line['status']}"
        if line.get("settled_from"):
            yield f"{line['action_id']}.{line['settled_from']}"


def _list_dead_events(
    contents: LetterContents, lines: Mapping[str, Mapping[str, Any]], own: Iterable[str]
) -> dict[str, str]:
    """Return id -> source of the events in letters, whether the hub got them in another way or not.

    The letter of an action that ended says that its outcome was not published.
    """
    created = frozenset(own)
    follow_ups = {*contents.follow_ups, *_list_outcomes(_pick(lines, contents.actions))}
    return {**contents.events, **dict.fromkeys(follow_ups & created, HUB_SOURCE)}


def _pick(
    lines: Mapping[str, Mapping[str, Any]], action_ids: Iterable[str]
) -> list[Mapping[str, Any]]:
    return [lines[action_id] for action_id in action_ids if action_id in lines]


def _count_actions(
    made: set[str],
    lines: Mapping[str, Mapping[str, Any]],
    dead: Iterable[str],
    waiting: Iterable[str],
) -> dict[str, int]:
    """Split `made` by how each action ended. What was done is not dead, though a letter of it may
    be left."""
    ended = Counter(str(line["status"]) for line in lines.values() if line["status"] in FINAL)
    open_ids = made - {name for name, line in lines.items() if line["status"] in FINAL}
    lost = open_ids & {*dead}
    postponed = (open_ids - lost) & {*waiting}
    return {
        "made": len(made),
        **{status: ended[status] for status in FINAL},
        "dead_lettered": len(lost),
        str(ActionStatus.POSTPONED): len(postponed),
        "pending": len(open_ids) - len(lost) - len(postponed),
    }


def scan(hub: Hub, table: str) -> Iterator[dict[str, Any]]:
    answer = hub.table(table).scan()
    yield from answer["Items"]
    while "LastEvaluatedKey" in answer:
        answer = hub.table(table).scan(ExclusiveStartKey=answer["LastEvaluatedKey"])
        yield from answer["Items"]
