"""The ledger of merges: who became one with whom, by which key, and what each had before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from hub.identity.domain.identity_cluster import CustomerLink, IdentityCluster, KeyConflict
from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.model.event import HUB_SOURCE, Event, follow_up

MERGED = "customer.merged"
UNMERGED = "customer.unmerged"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord:
    """One merge. `id` is its event's; `key` showed the two to be one person, and is empty where a
    person said so. `survivor` and `absorbed` are both customers as they were; with what each was
    known by, and the `dialogues` rule of that day, that is enough to unmerge them."""

    id: str
    at: datetime
    key: str
    survivor: Customer
    absorbed: Customer
    survivor_holding: IdentityCluster
    absorbed_holding: IdentityCluster
    dialogues: Mapping[str, str] = field(default_factory=dict)
    undone_at: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        read: dict[str, Any] = {"at": parse_time(data["at"])}
        for side in ("survivor", "absorbed"):
            read[side] = Customer.from_dict(data[side])
            read[f"{side}_holding"] = cluster_from_dict(data[f"{side}_holding"])
        return cls(**{**data, **read})

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": to_iso(self.at),
            "key": self.key,
            "survivor": self.survivor.to_dict(),
            "absorbed": self.absorbed.to_dict(),
            "survivor_holding": cluster_to_dict(self.survivor_holding),
            "absorbed_holding": cluster_to_dict(self.absorbed_holding),
            "dialogues": dict(self.dialogues),
            "undone_at": self.undone_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyConflictRecord:
    """A key that gave way: in which event, whose event it was, and whose the key."""

    event_id: str
    at: datetime
    customer_id: str
    conflict: KeyConflict

    def to_dict(self) -> dict[str, Any]:
        found = self.conflict
        return {
            "event_id": self.event_id,
            "at": to_iso(self.at),
            "customer_id": self.customer_id,
            "key": found.key,
            "owner": found.owner,
            "reason": found.reason,
            "moved": found.moved,
        }


def cluster_to_dict(cluster: IdentityCluster) -> dict[str, Any]:
    return {
        "customer_id": cluster.customer_id,
        "version": cluster.version,
        "keys": list(cluster.keys),
        "absorbed": list(cluster.absorbed),
        "apart": list(cluster.apart),
    }


def cluster_from_dict(data: Mapping[str, Any]) -> IdentityCluster:
    lists = {name: tuple(data.get(name, ())) for name in ("keys", "absorbed", "apart")}
    return IdentityCluster(customer_id=data["customer_id"], version=int(data["version"]), **lists)


def build_merge_event(trigger: Event, survivor: str, link: CustomerLink) -> Event:
    """What is sent into the survivor's own group; the same trigger always makes the same one."""
    return follow_up(
        trigger,
        id=f"{trigger.id}.merge.{link.customer_id}",
        type=MERGED,
        at=trigger.occurred_at,
        received_at=trigger.received_at,
        customer_id=survivor,
        properties={"absorbed": link.customer_id, "key": link.key},
        context={"event_id": trigger.id},
        added_hops=0,
    )


def build_merge_command(
    event_type: str,
    *,
    event_id: str,
    now: datetime,
    customer_id: str,
    absorbed: str,
    later: Sequence[Event] = (),
) -> Event:
    """What a person asks for: `MERGED` or `UNMERGED`. `later` are the events since the merge."""
    told = {"later": [event.to_dict() for event in later]} if later else {}
    return Event(
        id=event_id,
        type=event_type,
        source=HUB_SOURCE,
        occurred_at=now,
        received_at=now,
        correlation_id=event_id,
        customer_id=customer_id,
        properties={"absorbed": absorbed, "key": "", **told},
    )
