"""Unmerges a profile: makes two customers of one who was merged by mistake.

Each customer starts from the record of the merge. Events since the merge go to the customer whose
keys they have. All other changes stay with the survivor, because nobody can say whose they are. A
refusal of consent among them counts for both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.identity.domain import merge_attribution, merge_contact_history
from hub.identity.domain.merge_activity import add_activity_since
from hub.identity.domain.merge_profiles import (
    COUNTED_BLOCKS,
    interleave_processed,
    traits_of,
)
from hub.kernel.json_types import Json
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain import mart_totals
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.block_merge import add_changes_since, add_counts_since
from hub.profile.domain.event_memory import is_repeat
from hub.profile.domain.traits import apply_traits

EventsBySide = tuple[tuple[Event, ...], tuple[Event, ...], tuple[Event, ...]]


def assign_events(
    events: Iterable[Event], survivor: Iterable[str], absorbed: Iterable[str]
) -> EventsBySide:
    """Sorts events into those that name only the survivor, only the absorbed customer, and others.

    `survivor` and `absorbed` are the keys of the two.
    """
    keys = (frozenset(survivor), frozenset(absorbed))
    sides: tuple[list[Event], list[Event], list[Event]] = ([], [], [])
    for event in events:
        event_keys = {f"{name}#{value}" for name, value in event.identities.items()}
        named = [not event_keys.isdisjoint(side_keys) for side_keys in keys]
        sides[2 if named[0] == named[1] else named.index(True)].append(event)
    return tuple(sides[0]), tuple(sides[1]), tuple(sides[2])


def apply_events(customer: Customer, events: Iterable[Event], now: datetime) -> Customer:
    for event in events:
        if not is_repeat(customer, event):
            customer = apply_event(customer, event, now)
    return customer


def unmerge_profiles(
    before: tuple[Customer, Customer, Customer],
    current: Customer,
    later: tuple[Sequence[Event], Sequence[Event]],
    now: datetime,
) -> tuple[Customer, Customer]:
    """Returns the survivor and the absorbed customer.

    `before` is the survivor and the absorbed customer before the merge, and the merged customer
    after it. `later` is the events since then of the survivor and of the absorbed customer.
    """
    survivor, absorbed, merged = before
    mine, theirs = later
    base = apply_events(merged, (*mine, *theirs), now)
    own = _apply_later_changes(apply_events(survivor, mine, now), base, current)
    other = _apply_refusals(apply_events(absorbed, theirs, now), base, current)
    return own, other.with_changes(
        owing=merge_attribution.update_own_entries(other.owing, base.owing, current.owing)
    )


def _apply_later_changes(own: Customer, base: Customer, current: Customer) -> Customer:
    """`own` with all that changed from `base` to `current`."""
    was, now, mine = traits_of(base), traits_of(current), traits_of(own)
    traits: dict[str, Json] = {
        name: add_changes_since(mine[name], was[name], now[name], 2 if name == "consent" else 1)
        for name in mine
    }
    counted: dict[str, Json] = {
        name: add_counts_since(getattr(own, name), getattr(base, name), getattr(current, name))
        for name in COUNTED_BLOCKS
    }
    return replace(
        own,
        **traits,
        **counted,
        **mart_totals.add_purchases_since(own, base, current),
        **add_activity_since(own, base, current),
        version=current.version,
        identities=_unmerge_identities(own.identities, base.identities, current.identities),
        dialogues=add_changes_since(own.dialogues, base.dialogues, current.dialogues),
        contact_history=merge_contact_history.apply_later_changes(
            own.contact_history, base.contact_history, current.contact_history
        ),
        owing=merge_attribution.apply_later_changes(own.owing, base.owing, current.owing),
        business_keys=add_changes_since(
            own.business_keys, base.business_keys, current.business_keys
        ),
        as_of=add_changes_since(own.as_of, base.as_of, current.as_of),
        levels=add_changes_since(own.levels, base.levels, current.levels),
        processed=interleave_processed(own.processed, _find_newly_processed(base, current)),
    )


def _unmerge_identities(
    own: Mapping[str, tuple[str, ...]],
    base: Mapping[str, tuple[str, ...]],
    current: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    fresh = {n: tuple(v for v in vs if v not in base.get(n, ())) for n, vs in current.items()}
    names = [*own, *(name for name in fresh if name not in own)]
    united = {n: tuple(sorted({*own.get(n, ()), *fresh.get(n, ())})) for n in names}
    return {name: values for name, values in united.items() if values}


def _find_newly_processed(base: Customer, current: Customer) -> dict[str, list[str]]:
    new = {
        kind: [name for name in names if name not in base.processed.get(kind, ())]
        for kind, names in current.processed.items()
    }
    return {kind: names for kind, names in new.items() if names}


def _apply_refusals(customer: Customer, base: Customer, current: Customer) -> Customer:
    new = add_changes_since({}, base.consent, current.consent, 2)
    refusals = {
        channel: {purpose: False for purpose, agreed in purposes.items() if not agreed}
        for channel, purposes in new.items()
    }
    return apply_traits(customer, {"consent": refusals}, lambda field: current.as_of.get(field, 0))
