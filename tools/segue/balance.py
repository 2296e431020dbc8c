"""The balance: how every event and every action ended."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.identity.domain.merge_record import MERGED, UNMERGED
from hub.model.channels import OUTBOUND_CHANNELS
from tools.segue import dead_letters
from tools.segue.hub import Hub
from tools.segue.parked_payloads import REPLAYED

CHANNELS = (*OUTBOUND_CHANNELS, "warehouse", "connectors")
FINAL = ("delivered", "declined", "refused", "unknown")
FACT_KIND = "event"
HUB_EVENT_TYPES = (MERGED, UNMERGED)
"""Events about customers that the hub itself creates. They never came in."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Events and actions by how they ended.

    `surroundings` counts facts, on which nothing is decided. `under_way` counts the messages in
    work queues, by queue. `actions` also counts the `timers`, which end as events, and the
    `emitted` events; its `pending` is what is still under way.
    """

    decided: Mapping[str, int]
    surroundings: Mapping[str, int]
    parked: Mapping[str, int]
    replayed: Mapping[str, int]
    dead: Mapping[str, int]
    under_way: Mapping[str, int]
    actions: Mapping[str, int]

    @property
    def is_settled(self) -> bool:
        """Return whether nothing is under way."""
        return not any(self.under_way.values()) and not self.actions["pending"]

    def to_dict(self) -> dict[str, Any]:
        names = ("decided", "surroundings", "parked", "replayed", "dead", "under_way", "actions")
        return {**{name: dict(getattr(self, name)) for name in names}, "settled": self.is_settled}


def compute_balance(hub: Hub) -> Balance:
    """Compute the balance. It scans whole tables, so it is meant for a hub of modest size."""
    decided: Counter[str] = Counter()
    made = timers = emitted = 0
    for item in filter(is_decision, scan(hub, "Decisions")):
        decided[item["source"]] += item["event_type"] not in HUB_EVENT_TYPES
        record = json.loads(item["record"])
        made += len(record["actions"])
        timers += len(record["timers"])
        emitted += len(record.get("emitted", ()))
    things = scan(hub, "Surroundings")
    rows = list(scan(hub, "Parked"))
    dead = {box.name: count for box, count in dead_letters.count_letters(hub)}
    statuses = Counter(line["status"] for line in scan(hub, "Ledger"))
    return Balance(
        decided=decided,
        surroundings=Counter(row["source"] for row in things if row["kind"] == FACT_KIND),
        parked=Counter(row["source"] for row in rows if row["status"] != REPLAYED),
        replayed=Counter(row["source"] for row in rows if row["status"] == REPLAYED),
        dead=dead,
        under_way={
            box.name: dead_letters.count_messages(hub, box.work_url)
            for box in dead_letters.list_queues(hub.outputs)
            if box.work_url
        },
        actions={**count_actions(made, statuses, dead), "timers": timers, "emitted": emitted},
    )


def is_decision(item: Mapping[str, Any]) -> bool:
    """Return whether the item is a decision. The table also holds their outcomes."""
    return "record" in item


def count_actions(
    made: int, statuses: Mapping[str, int], dead: Mapping[str, int]
) -> dict[str, int]:
    """Split `made` by how each action ended. Dead letters are those of the channels' queues."""
    ended = {status: statuses.get(status, 0) for status in FINAL}
    lost = sum(dead.get(channel, 0) for channel in CHANNELS)
    pending = made - sum(ended.values()) - lost
    return {"made": made, **ended, "dead_lettered": lost, "pending": pending}


def scan(hub: Hub, table: str) -> Iterator[dict[str, Any]]:
    answer = hub.table(table).scan()
    yield from answer["Items"]
    while "LastEvaluatedKey" in answer:
        answer = hub.table(table).scan(ExclusiveStartKey=answer["LastEvaluatedKey"])
        yield from answer["Items"]
