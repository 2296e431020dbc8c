"""Merges two customers who are one person, and unmerges them if that was wrong.

It runs in the survivor's own queue group, before the events there are decided. It writes in one
transaction, so a repeated or interrupted run finds the work either done or not begun.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.history.ports import Decisions
from hub.identity.domain.identity_cluster import IdentityCluster, KeyConflict, find_merge_objection
from hub.identity.domain.merge_profiles import merge_profiles
from hub.identity.domain.merge_record import MERGED, UNMERGED, KeyConflictRecord, MergeRecord
from hub.identity.domain.merge_rules import MergeRules
from hub.identity.domain.unmerge_profiles import assign_events, unmerge_profiles
from hub.identity.ports import Identities, KeyConflicts, Merges
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.kernel.times import parse_time
from hub.messaging.ports import CustomerQueue
from hub.model.customer import Customer
from hub.model.event import Event
from hub.platform.ports import Clock
from hub.profile.domain.event_memory import forget_oldest, share_memory
from hub.profile.domain.profile_limits import STATE_LIMIT, trim_to_limit
from hub.profile.ports import Customers, EventMarks

MAX_TRIES = 3


@dataclass(frozen=True, slots=True)
class MergeCustomers:
    customers: Customers
    identities: Identities
    merges: Merges
    conflicts: KeyConflicts
    decisions: Decisions
    queue: CustomerQueue
    marks: EventMarks
    rules: MergeRules
    size: Callable[[Customer], int]
    clock: Clock

    def __call__(self, events: Sequence[Event]) -> list[Event]:
        """Carries out the merges that the events ask for; returns the events to decide.

        It leaves out a request for a merge that was done before or that cannot be done.
        """
        work = {MERGED: self._merge, UNMERGED: self._unmerge}
        kept = [event for event in events if event.type not in work or work[event.type](event)]
        return [_drop_later_events(event) if event.type == UNMERGED else event for event in kept]

    def forward(self, events: Sequence[Event], survivor: str) -> None:
        """Sends events of an absorbed customer on to the survivor."""
        moved = [replace(event, customer_id=survivor) for event in events]
        for reason in self.queue.send(moved).values():
            raise Unavailable(f"an event was not forwarded to the survivor: {reason}")

    def _merge(self, event: Event) -> bool:
        absorbed = str(event.properties["absorbed"])
        for _ in range(MAX_TRIES):
            survivor, other = self._read_customer(event.customer_id), self._read_customer(absorbed)
            if survivor.customer_id != event.customer_id:
                return True
            if survivor.erased or other.erased:
                return False
            if survivor.customer_id == other.customer_id:
                last = self.merges.read_last(absorbed)
                return last is not None and last.id == event.id
            try:
                return self._merge_two(event, survivor, other)
            except Conflict:
                continue
        raise Unavailable(f"other writes changed the customers {MAX_TRIES} times in a row")

    def _merge_two(self, event: Event, survivor: Customer, other: Customer) -> bool:
        key = str(event.properties["key"])
        ids = survivor.customer_id, other.customer_id
        clusters = self.identities.read_clusters(ids)
        survivor_cluster, absorbed_cluster = clusters[ids[0]], clusters[ids[1]]
        limits = self.rules.limits
        if objection := find_merge_objection(survivor_cluster, absorbed_cluster, key, limits):
            self.conflicts.note([_build_conflict_record(event, absorbed_cluster, objection)])
            return False
        merge = MergeRecord(
            id=event.id,
            at=self.clock(),
            key=key,
            survivor=survivor,
            absorbed=other,
            survivor_cluster=survivor_cluster,
            absorbed_cluster=absorbed_cluster,
            dialogues=self.rules.dialogues,
        )
        merged, marks = self._merge_profiles(merge)
        self.marks.store(marks)
        self.merges.merge(merge, merged)
        return True

    def _unmerge(self, event: Event) -> bool:
        absorbed = str(event.properties["absorbed"])
        for _ in range(MAX_TRIES):
            merge, current = self.merges.read_last(absorbed), self._read_customer(event.customer_id)
            if current.customer_id != event.customer_id:
                return True
            if merge is None or merge.survivor.customer_id != current.customer_id:
                raise Rejected("was not merged into this customer", "properties.absorbed")
            if current.erased and not merge.undone_at:
                raise Rejected("was erased with the survivor", "properties.absorbed")
            try:
                if not merge.undone_at:
                    self._separate(merge, current, event)
            except Conflict:
                continue
            reason = f"decided while {absorbed} was merged into this customer by mistake"
            until = parse_time(merge.undone_at) if merge.undone_at else self.clock()
            self.decisions.flag(current.customer_id, merge.at, until, reason)
            return True
        raise Unavailable(f"other writes changed the customer {MAX_TRIES} times in a row")

    def _separate(self, merge: MergeRecord, current: Customer, event: Event) -> None:
        """Writes both customers again, with the keys of before the merge, and keeps them apart."""
        was = merge.absorbed_cluster
        later = [Event.from_dict(data) for data in event.properties.get("later", ())]
        mine, theirs, _ = assign_events(later, merge.survivor_cluster.keys, was.keys)
        before, now = (merge.survivor, merge.absorbed, self._merge_profiles(merge)[0]), self.clock()
        survivor, absorbed = unmerge_profiles(before, current, (mine, theirs), now)
        survivor = self._share_memory(survivor, (*before[:2], current), now)
        absorbed = self._share_memory(absorbed, (*before[:2], current), now)
        alias = merge.absorbed.version + 1
        self.merges.unmerge(
            merge,
            self._fit(survivor),
            self._fit(replace(absorbed, version=alias)),
            self._separate_clusters(merge),
        )

    def _separate_clusters(self, merge: MergeRecord) -> tuple[IdentityCluster, IdentityCluster]:
        """The clusters of the survivor and of the absorbed customer after the unmerging."""
        ids = merge.survivor.customer_id, merge.absorbed.customer_id
        now = self.identities.read_clusters(ids[:1])[ids[0]]
        was, gone = merge.absorbed_cluster, {*merge.absorbed_cluster.absorbed, ids[1]}
        survivor = replace(
            now,
            keys=tuple(key for key in now.keys if key not in was.keys),
            absorbed=tuple(i for i in now.absorbed if i not in gone),
            apart=tuple(sorted({*now.apart, ids[1]})),
        )
        apart = tuple(sorted({*was.apart, ids[0]}))
        return survivor, replace(was, version=was.version + 1, apart=apart)

    def _read_customer(self, customer_id: str) -> Customer:
        return self.customers.read(customer_id) or Customer(customer_id=customer_id)

    def _merge_profiles(self, merge: MergeRecord) -> tuple[Customer, tuple[str, ...]]:
        """Returns the merged customer and the event marks to store before."""
        merged = merge_profiles(merge.survivor, merge.absorbed, merge.dialogues)
        merged, marks = forget_oldest(merged, merged, merge.at)
        return self._fit(merged), marks

    def _share_memory(
        self, customer: Customer, others: Iterable[Customer], now: datetime
    ) -> Customer:
        """An event of one side is a repeat on the other side too, wherever it comes again."""
        customer, marks = share_memory(customer, others, now)
        self.marks.store(marks)
        return customer

    def _fit(self, customer: Customer) -> Customer:
        return trim_to_limit(customer, self.size, STATE_LIMIT)


def _drop_later_events(event: Event) -> Event:
    """The event without the events since the merge, which only the unmerging needs."""
    properties = {name: value for name, value in event.properties.items() if name != "later"}
    return replace(event, properties=properties)


def _build_conflict_record(event: Event, other: IdentityCluster, reason: str) -> KeyConflictRecord:
    conflict = KeyConflict(str(event.properties["key"]), other.customer_id, reason)
    return KeyConflictRecord(
        event_id=event.id, at=event.received_at, customer_id=event.customer_id, conflict=conflict
    )
