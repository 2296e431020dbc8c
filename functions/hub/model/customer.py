"""The customer: all that is known of one person, in the blocks that marketers' rules read.

Blocks are JSON objects, never changed in place. `schemas/customer.schema.json` names their fields
and types.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

from hub.kernel.contact_details.address_refusals import NO_REFUSALS, AddressRefusals
from hub.kernel.json_types import Json, JsonObject
from hub.model.contact_history import NO_CONTACT_HISTORY, ContactHistory
from hub.model.day_series import DaySeries
from hub.model.stored.activity import (
    read_activity,
    read_amounts,
    read_processed,
    read_recent,
)
from hub.model.stored.traces import read_traces, store_traces_once

Block = JsonObject


@dataclass(frozen=True, kw_only=True)
class Customer:
    """One customer.

    - `version` counts the writes, for optimistic locking; 0 is not yet stored.
    - `identities` is namespace -> the customer's values, sorted.
    - `consent` is channel -> purpose -> bool.
    - `proofs` is `email.marketing` -> the time, source and event of the consent or refusal.
    - `dialogues` is strategy -> {state, since}.
    - `contact_history` is the block `limits`.
    - `owing` is the attribution of the customer's sales (see
      `hub.measurement.domain.sales_attribution`).
    - `recent` is event type -> its newest times in milliseconds, newest first.
    - `activity` is event type -> its counts by day.
    - `amounts` is event type -> currency -> the sums by day, in minor units.
    - `business_keys` is business key -> what is known of that sale, return or payment (see
      `hub.profile.domain.occurrences`).
    - `as_of` is field, such as `contact.email` -> the millisecond of its value, so that events in
      any order leave the same customer.
    - `levels` is field -> the trust of whoever stated its value, where that is not `trusted` (see
      `hub.model.trust`).
    - `mart` is the rows of the mart and the days that it does not cover yet (see
      `hub.profile.domain.mart_totals`).
    - `processed` is `behaviour` or `business` -> the digests of the last events of that kind.
    - `marked` is memory name -> the day of the newest event mark under it, in days since 1970 (see
      `hub.profile.domain.event_memory`).
    - `pace` is the newest minute with public events, and their number (see
      `hub.profile.domain.visitor_pace`).
    - `erased` is the time of the erasure; it is empty for all others.
    - `refusals` is what their addresses refused, as far as whoever read the customer asked for it.
      It belongs to the addresses: it is not stored with the customer.
    - `repeats` is the digests of those events under way that have a mark, as far as whoever read
      the customer asked for them. It is not stored either.
    """

    customer_id: str
    version: int = 0
    identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contact: Block = field(default_factory=dict)
    person: Block = field(default_factory=dict)
    place: Block = field(default_factory=dict)
    loyalty: Block = field(default_factory=dict)
    purchases: Block = field(default_factory=dict)
    engagement: Block = field(default_factory=dict)
    service: Block = field(default_factory=dict)
    interests: Block = field(default_factory=dict)
    attitudes: Block = field(default_factory=dict)
    consent: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    proofs: Mapping[str, str] = field(default_factory=dict)
    dialogues: Mapping[str, Block] = field(default_factory=dict)
    contact_history: ContactHistory = NO_CONTACT_HISTORY
    owing: Block = field(default_factory=dict)
    recent: Mapping[str, Sequence[int]] = field(default_factory=dict)
    activity: Mapping[str, DaySeries] = field(default_factory=dict)
    amounts: Mapping[str, Mapping[str, DaySeries]] = field(default_factory=dict)
    business_keys: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    as_of: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    mart: Block = field(default_factory=dict)
    processed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marked: Mapping[str, int] = field(default_factory=dict)
    pace: tuple[int, int] = (0, 0)
    erased: str = ""
    refusals: AddressRefusals = NO_REFUSALS
    repeats: frozenset[str] = frozenset()

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        blocks = {name: data[block] for name, block in _BLOCK_NAMES.items() if block in data}
        keys = blocks.get("identities", {})
        blocks["identities"] = {namespace: tuple(values) for namespace, values in keys.items()}
        blocks["activity"] = read_activity(blocks.get("activity", {}))
        blocks["amounts"] = read_amounts(blocks.get("amounts", {}))
        blocks["recent"] = read_recent(blocks.get("recent", {}), blocks["activity"])
        if owing := blocks.get("owing"):
            blocks["owing"] = read_traces(owing)
        blocks["processed"] = read_processed(blocks.get("processed", {}))
        if pace := blocks.get("pace"):
            blocks["pace"] = tuple(pace)
        if limits := blocks.pop("contact_history", None):
            blocks["contact_history"] = ContactHistory.from_dict(limits)
        return cls(**blocks)

    def with_changes(self, **changes: Any) -> Self:
        """Does the same as `dataclasses.replace` in a tenth of the time, because every event needs
        it several times."""
        changed = object.__new__(type(self))
        object.__setattr__(changed, "__dict__", self.__dict__ | changes)
        return changed

    def with_contact_history(self, contact_history: ContactHistory) -> Self:
        if contact_history is self.contact_history:
            return self
        return self.with_changes(contact_history=contact_history)

    def to_dict(self) -> dict[str, Json]:
        """The JSON form, without empty blocks."""
        values = {block: getattr(self, name) for name, block in _BLOCK_NAMES.items()}
        values["identities"] = {n: list(v) for n, v in self.identities.items()}
        values["recent"] = {name: list(times) for name, times in self.recent.items()}
        values["activity"] = {name: list(days) for name, days in self.activity.items()}
        values["amounts"] = {
            name: {currency: list(days) for currency, days in sums.items()}
            for name, sums in self.amounts.items()
        }
        values["owing"] = store_traces_once(self.owing)
        values["processed"] = {kind: list(names) for kind, names in self.processed.items()}
        values["limits"] = self.contact_history.to_dict()
        values["pace"] = list(self.pace) if self.pace[1] else []
        return {name: value for name, value in values.items() if value or name == "version"}


_NOT_STORED = frozenset({"refusals", "repeats"})
_BLOCK_NAMES = {f.name: f.name for f in fields(Customer) if f.name not in _NOT_STORED} | {
    "contact_history": "limits"
}
