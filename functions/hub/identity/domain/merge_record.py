"""The records of merges and of key conflicts, and the events that ask for a merge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from hub.identity.domain.identity_cluster import CustomerLink, IdentityCluster, KeyConflict
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.model.event import HUB_SOURCE, Event, follow_up

MERGED = "customer.merged"
UNMERGED = "customer.unmerged"
ALIASED = "customer.aliased"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord:
    """One merge, with all that unmerging needs.

    `id` is the id of its event. `key` shows that the two are one person; it is empty if a user
    merged them. `survivor` and `absorbed` are both customers before the merge, each with its
    cluster. `dialogues` is the rule of that day (see `MergeRules`).
    """

    id: str
    at: datetime
    key: str
    survivor: Customer
    absorbed: Customer
    survivor_cluster: IdentityCluster
    absorbed_cluster: IdentityCluster
    dialogues: Mapping[str, str] = field(default_factory=dict)
    undone_at: str = ""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        fields: dict[str, Json] = {**data, "at": parse_time(data["at"])}
        for side in ("survivor", "absorbed"):
            fields[side] = Customer.from_dict(data[side])
            fields[f"{side}_cluster"] = cluster_from_dict(fields.pop(f"{side}_holding"))
        return cls(**fields)

    def to_dict(self) -> dict[str, Json]:
        return {
            "id": self.id,
            "at": to_iso(self.at),
            "key": self.key,
            "survivor": self.survivor.to_dict(),
            "absorbed": self.absorbed.to_dict(),
            "survivor_holding": cluster_to_dict(self.survivor_cluster),
            "absorbed_holding": cluster_to_dict(self.absorbed_cluster),
            "dialogues": dict(self.dialogues),
            "undone_at": self.undone_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyConflictRecord:
    """The conflict of a key in one event of the customer `customer_id`."""

    event_id: str
    at: datetime
    customer_id: str
    conflict: KeyConflict

    def to_dict(self) -> dict[str, Json]:
        return {
            "event_id": self.event_id,
            "at": to_iso(self.at),
            "customer_id": self.customer_id,
            "key": self.conflict.key,
            "owner": self.conflict.owner,
            "reason": self.conflict.reason,
            "moved": self.conflict.moved,
        }


def cluster_to_dict(cluster: IdentityCluster) -> dict[str, Json]:
    return {
        "customer_id": cluster.customer_id,
        "version": cluster.version,
        "keys": list(cluster.keys),
        "absorbed": list(cluster.absorbed),
        "apart": list(cluster.apart),
        **({"erased": True} if cluster.erased else {}),
    }


def cluster_from_dict(data: JsonObject) -> IdentityCluster:
    lists = {name: tuple(data.get(name, ())) for name in ("keys", "absorbed", "apart")}
    return IdentityCluster(
        customer_id=data["customer_id"],
        version=int(data["version"]),
        erased=data.get("erased", False),
        **lists,
    )


def find_previous_keys(event: Event) -> dict[str, str]:
    """Finds the keys that a source says the person had before, by namespace."""
    previous = event.properties.get("previous") if event.type == ALIASED else None
    keys = previous.items() if isinstance(previous, Mapping) else ()
    return {name: value for name, value in keys if isinstance(value, str)}


def build_merge_event(trigger: Event, survivor: str, link: CustomerLink) -> Event:
    """Builds the event that asks the survivor's queue group for the merge.

    The same trigger always makes the same event.
    """
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
    """Builds the event by which a user asks for a merge (`MERGED`) or unmerge (`UNMERGED`).

    `later` are the events since the merge.
    """
    later_events = {"later": [event.to_dict() for event in later]} if later else {}
    return Event(
        id=event_id,
        type=event_type,
        source=HUB_SOURCE,
        occurred_at=now,
        received_at=now,
        correlation_id=event_id,
        customer_id=customer_id,
        properties={"absorbed": absorbed, "key": "", **later_events},
    )
