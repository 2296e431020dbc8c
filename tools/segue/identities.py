"""A customer's keys, merges and conflicts; merging and unmerging by hand."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from boto3.dynamodb.conditions import Key

from hub.history.adapters.decision_archive import Archive
from hub.identity.domain.identity_cluster import IdentityCluster, find_merge_objection
from hub.identity.domain.merge_record import (
    MERGED,
    UNMERGED,
    MergeRecord,
    build_merge_command,
    cluster_from_dict,
)
from hub.identity.domain.merge_rules import MergeRules
from hub.identity.domain.unmerge_profiles import assign_events
from hub.kernel.times import to_iso
from hub.model.event import Event
from hub.platform.adapters.aws_text import to_json
from tools.segue.explanation import IDENTITY, find_customer, read_state
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

LONGEST_EVENTS = 120_000
"""Bytes of events since a merge that fit into one message."""


@dataclass(frozen=True)
class Person:
    """One customer."""

    hub: Hub
    customer_id: str

    @cached_property
    def cluster(self) -> IdentityCluster:
        return read_cluster(self.hub, self.customer_id)

    @cached_property
    def keys(self) -> list[str]:
        """All keys, including those that never merge customers."""
        return _format_keys(read_state(self.hub, self.customer_id).get("identities", {}))

    @cached_property
    def merges(self) -> list[MergeRecord]:
        """The merges of the customers that this one absorbed."""
        merges = (read_last_merge(self.hub, absorbed) for absorbed in self.cluster.absorbed)
        return [merge for merge in merges if merge]

    @cached_property
    def conflicts(self) -> list[dict[str, Any]]:
        """Conflicts of keys, the newest first."""
        return [
            json.loads(text)
            for text, _ in _read_records(self.hub, self.customer_id, "conflict#", 20)
        ]

    def to_dict(self) -> dict[str, Any]:
        return {
            "customer_id": self.customer_id,
            "keys": self.keys,
            "merged": [_to_brief_dict(merge) for merge in self.merges],
            "apart": list(self.cluster.apart),
            "conflicts": self.conflicts,
        }


@dataclass(frozen=True)
class UnmergePreview:
    """What an unmerge changes.

    `survivor_events` and `absorbed_events` are the events since the merge that name only one of
    them. `ambiguous` counts those that name both or neither; they stay with the survivor.
    """

    merge: MergeRecord
    survivor_events: tuple[Event, ...]
    absorbed_events: tuple[Event, ...]
    ambiguous: int
    decisions: int

    @property
    def sendable_events(self) -> list[Event]:
        """The events that fit into one message, those of the absorbed customer first."""
        sendable, size = [], 0
        for event in (*self.absorbed_events, *self.survivor_events):
            size += len(to_json(event.to_dict()))
            if size <= LONGEST_EVENTS:
                sendable.append(event)
        return sendable

    def to_dict(self) -> dict[str, Any]:
        return {
            **_to_brief_dict(self.merge),
            "survivor": self.merge.survivor.customer_id,
            "keys_back": _format_keys(self.merge.absorbed.identities),
            "events_of_survivor": len(self.survivor_events),
            "events_of_absorbed": len(self.absorbed_events),
            "events_that_stay": self.ambiguous,
            "decisions_flagged": self.decisions,
        }


def find_person(hub: Hub, id_or_key: str) -> Person:
    """Find a customer by id or key. Raises `UserError`."""
    return Person(hub, find_customer(hub, id_or_key)[0])


def read_cluster(hub: Hub, customer_id: str) -> IdentityCluster:
    item = hub.table("Identities").get_item(Key={"identity": f"@{customer_id}"}).get("Item", {})
    cluster = cluster_from_dict(json.loads(str(item["record"]))) if item else None
    return cluster or IdentityCluster(customer_id=customer_id)


def read_last_merge(hub: Hub, absorbed: str) -> MergeRecord | None:
    """Return the last merge of the absorbed customer, unless it was undone."""
    for text, undone in _read_records(hub, absorbed, "merge#", 1):
        return None if undone else MergeRecord.from_dict(json.loads(text))
    return None


def find_objection(one: Person, other: Person) -> str:
    """Return why the two cannot be merged by hand; empty if they can."""
    if one.customer_id == other.customer_id:
        return "They are one customer already."
    rules = MergeRules.from_dict(json.loads(IDENTITY.read_text()))
    why = find_merge_objection(one.cluster, other.cluster, "", rules.limits)
    return f"It {why}: schemas/identity.json says how many there may be." if why else ""


def send_merge(one: Person, other: Person) -> str:
    """Send the merge into the survivor's group. Returns the event's id."""
    return _send(one.hub, MERGED, one.customer_id, other.customer_id)


def preview_unmerge(hub: Hub, id_or_key: str) -> UnmergePreview:
    """Return what an unmerge changes.

    `id_or_key` is the absorbed customer's id, or any key if only one customer was absorbed. Raises
    `UserError` if there is nothing to undo, or if another merge has to be undone first.
    """
    merge = read_last_merge(hub, id_or_key) or _get_only_merge(find_person(hub, id_or_key))
    survivor = merge.survivor.customer_id
    into = read_last_merge(hub, survivor)
    if into:
        raise UserError(
            f"{survivor} was absorbed too: run `segue identity unmerge {survivor}` first."
        )
    events = list(_read_events_since(hub, survivor, merge.at))
    keys = merge.survivor_cluster.keys, merge.absorbed_cluster.keys
    mine, theirs, unclear = assign_events(events, *keys)
    return UnmergePreview(
        merge, mine, theirs, len(unclear), _count_decisions_since(hub, survivor, merge.at)
    )


def _get_only_merge(survivor: Person) -> MergeRecord:
    if len(survivor.merges) == 1:
        return survivor.merges[0]
    who = ", ".join(merge.absorbed.customer_id for merge in survivor.merges)
    raise UserError(
        f"{survivor.customer_id} absorbed several customers. Name one of them: {who}."
        if who
        else f"{survivor.customer_id} has absorbed nobody and was absorbed by nobody."
    )


def send_unmerge(hub: Hub, unmerge: UnmergePreview) -> str:
    """Send the unmerge into the survivor's group. Returns the event's id."""
    ids = unmerge.merge.survivor.customer_id, unmerge.merge.absorbed.customer_id
    return _send(hub, UNMERGED, *ids, later=unmerge.sendable_events)


def _send(hub: Hub, kind: str, customer_id: str, absorbed: str, later: Sequence[Event] = ()) -> str:
    event_id = f"by-hand-{uuid4().hex}"
    event = build_merge_command(
        kind,
        event_id=event_id,
        now=datetime.now(UTC),
        customer_id=customer_id,
        absorbed=absorbed,
        later=later,
    )
    hub.sqs.send_message(
        QueueUrl=hub.output("CustomerQueueUrl"),
        MessageBody=to_json(event.to_dict()),
        MessageGroupId=customer_id,
        MessageDeduplicationId=event_id,
    )
    return event_id


def _read_events_since(hub: Hub, customer_id: str, since: datetime) -> Iterator[Event]:
    archive = Archive(hub.output("ArchiveBucket"), lambda: hub.s3)
    for days in range((datetime.now(UTC).date() - since.date()).days + 1):
        for record in archive.read_records(since.date() + timedelta(days=days)):
            episode = record.episode
            if episode.customer_id == customer_id and episode.decided_at >= since:
                yield from (event for event in episode.events if event.type != MERGED)


def _count_decisions_since(hub: Hub, customer_id: str, since: datetime) -> int:
    between = Key("customer_id").eq(customer_id) & Key("decided").gte(to_iso(since))
    answer = hub.table("Decisions").query(KeyConditionExpression=between, Select="COUNT")
    return answer["Count"]


def _read_records(hub: Hub, customer_id: str, kind: str, most: int) -> list[tuple[str, str]]:
    """Return records of the merges table and when each was undone, the newest first."""
    answer = hub.table("Merges").query(
        KeyConditionExpression=Key("customer_id").eq(customer_id) & Key("entry").begins_with(kind),
        ScanIndexForward=False,
        Limit=most,
    )
    return [(str(item["record"]), str(item.get("undone_at", ""))) for item in answer["Items"]]


def _format_keys(identities: Mapping[str, Iterable[str]]) -> list[str]:
    return [f"{namespace}#{value}" for namespace, values in identities.items() for value in values]


def _to_brief_dict(merge: MergeRecord) -> dict[str, Any]:
    return {"absorbed": merge.absorbed.customer_id, "at": to_iso(merge.at), "key": merge.key}
