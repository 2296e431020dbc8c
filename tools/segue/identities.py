"""Who is who: keys, merges and conflicts of a customer, and the way to merge and to unmerge."""

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
from tools.segue.explanation import IDENTITY, find, state_of
from tools.segue.hub import Hub
from tools.segue.local_home import ToldError

MOST_TOLD = 120_000
"""Bytes of events since a merge that one message carries."""


@dataclass(frozen=True)
class Person:
    """One living customer."""

    hub: Hub
    customer_id: str

    @cached_property
    def holding(self) -> IdentityCluster:
        return holding(self.hub, self.customer_id)

    @cached_property
    def keys(self) -> list[str]:
        """All of them, also those by which nobody is ever merged."""
        return _keys(state_of(self.hub, self.customer_id).get("identities", {}))

    @cached_property
    def merges(self) -> list[MergeRecord]:
        """How each of those came in who are one with them."""
        found = (last_merge(self.hub, absorbed) for absorbed in self.holding.absorbed)
        return [merge for merge in found if merge]

    @cached_property
    def conflicts(self) -> list[dict[str, Any]]:
        """The newest first."""
        return [json.loads(text) for text, _ in _lines(self.hub, self.customer_id, "conflict#", 20)]

    def to_dict(self) -> dict[str, Any]:
        return {
            "customer_id": self.customer_id,
            "keys": self.keys,
            "merged": [_brief(merge) for merge in self.merges],
            "apart": list(self.holding.apart),
            "conflicts": self.conflicts,
        }


@dataclass(frozen=True)
class Parting:
    """What an unmerge touches. `mine` and `theirs` are the events since that name one of them only;
    `unclear` is how many name both or neither, and so stay with the survivor."""

    merge: MergeRecord
    mine: tuple[Event, ...]
    theirs: tuple[Event, ...]
    unclear: int
    decisions: int

    @property
    def told(self) -> list[Event]:
        """As many of the events as one message carries, those that are to leave first."""
        told, size = [], 0
        for event in (*self.theirs, *self.mine):
            size += len(to_json(event.to_dict()))
            if size <= MOST_TOLD:
                told.append(event)
        return told

    def to_dict(self) -> dict[str, Any]:
        return {
            **_brief(self.merge),
            "survivor": self.merge.survivor.customer_id,
            "keys_back": _keys(self.merge.absorbed.identities),
            "events_of_survivor": len(self.mine),
            "events_of_absorbed": len(self.theirs),
            "events_that_stay": self.unclear,
            "decisions_flagged": self.decisions,
        }


def person(hub: Hub, asked: str) -> Person:
    """Raises `ToldError` when nobody is known by that id or key."""
    return Person(hub, find(hub, asked)[0])


def holding(hub: Hub, customer_id: str) -> IdentityCluster:
    item = hub.table("Identities").get_item(Key={"identity": f"@{customer_id}"}).get("Item", {})
    known = cluster_from_dict(json.loads(str(item["record"]))) if item else None
    return known or IdentityCluster(customer_id=customer_id)


def last_merge(hub: Hub, absorbed: str) -> MergeRecord | None:
    """Their last merge into somebody, where it stands."""
    for text, undone in _lines(hub, absorbed, "merge#", 1):
        return None if undone else MergeRecord.from_dict(json.loads(text))
    return None


def objections(one: Person, other: Person) -> str:
    """Why two cannot be merged by hand; empty where they can."""
    if one.customer_id == other.customer_id:
        return "They are one customer already."
    rules = MergeRules.from_dict(json.loads(IDENTITY.read_text()))
    why = find_merge_objection(one.holding, other.holding, "", rules.limits)
    return f"It {why}: schemas/identity.json says how many there may be." if why else ""


def merge(one: Person, other: Person) -> str:
    """Sends it into the survivor's own group. Returns the event's id."""
    return _send(one.hub, MERGED, one.customer_id, other.customer_id)


def parting(hub: Hub, asked: str) -> Parting:
    """Of who was merged, by their id, or of the only one who is one with whom a key names. Raises
    `ToldError` where there is nothing to undo, or another merge is to be undone first."""
    merge = last_merge(hub, asked) or _only_merge(person(hub, asked))
    survivor = merge.survivor.customer_id
    into = last_merge(hub, survivor)
    if into:
        raise ToldError(
            f"{survivor} was merged as well: `segue identity unmerge {survivor}` first."
        )
    events = list(_events_since(hub, survivor, merge.at))
    keys = merge.survivor_holding.keys, merge.absorbed_holding.keys
    mine, theirs, unclear = assign_events(events, *keys)
    return Parting(merge, mine, theirs, len(unclear), _decisions_since(hub, survivor, merge.at))


def _only_merge(survivor: Person) -> MergeRecord:
    if len(survivor.merges) == 1:
        return survivor.merges[0]
    who = ", ".join(merge.absorbed.customer_id for merge in survivor.merges)
    raise ToldError(
        f"Several are one with {survivor.customer_id}, say which: {who}."
        if who
        else f"Nobody was merged into {survivor.customer_id}, nor they into anybody."
    )


def unmerge(hub: Hub, found: Parting) -> str:
    """Sends it into the survivor's own group. Returns the event's id."""
    ids = found.merge.survivor.customer_id, found.merge.absorbed.customer_id
    return _send(hub, UNMERGED, *ids, later=found.told)


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


def _events_since(hub: Hub, customer_id: str, since: datetime) -> Iterator[Event]:
    archive = Archive(hub.output("ArchiveBucket"), lambda: hub.s3)
    for days in range((datetime.now(UTC).date() - since.date()).days + 1):
        for record in archive.read_records(since.date() + timedelta(days=days)):
            episode = record.episode
            if episode.customer_id == customer_id and episode.decided_at >= since:
                yield from (event for event in episode.events if event.type != MERGED)


def _decisions_since(hub: Hub, customer_id: str, since: datetime) -> int:
    between = Key("customer_id").eq(customer_id) & Key("decided").gte(to_iso(since))
    answer = hub.table("Decisions").query(KeyConditionExpression=between, Select="COUNT")
    return answer["Count"]


def _lines(hub: Hub, customer_id: str, kind: str, most: int) -> list[tuple[str, str]]:
    """Records of the merges table and when each was undone, the newest first."""
    answer = hub.table("Merges").query(
        KeyConditionExpression=Key("customer_id").eq(customer_id) & Key("entry").begins_with(kind),
        ScanIndexForward=False,
        Limit=most,
    )
    return [(str(item["record"]), str(item.get("undone_at", ""))) for item in answer["Items"]]


def _keys(identities: Mapping[str, Iterable[str]]) -> list[str]:
    return [f"{namespace}#{value}" for namespace, values in identities.items() for value in values]


def _brief(merge: MergeRecord) -> dict[str, Any]:
    return {"absorbed": merge.absorbed.customer_id, "at": to_iso(merge.at), "key": merge.key}
