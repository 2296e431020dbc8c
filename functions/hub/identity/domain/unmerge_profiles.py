"""Two customers who were taken for one: both as they would be now.

Each starts from what the ledger kept. Events since the merge that name one of them are his; what
else changed since cannot be told apart and stays with the survivor. A refusal of consent among that
is taken to be of both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hub.identity.domain import merge_attribution, merge_contact_history
from hub.identity.domain.merge_profiles import (
    COUNTED_BLOCKS,
    interleave_newest,
    merge_recent_events,
    traits_of,
)
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain import mart_totals
from hub.profile.domain.activity_windows import MAX_RECENT_EVENTS
from hub.profile.domain.apply_event import apply_event, is_repeat
from hub.profile.domain.block_merge import add_changes_since, add_counts_since
from hub.profile.domain.traits import apply_traits

EventsBySide = tuple[tuple[Event, ...], tuple[Event, ...], tuple[Event, ...]]


def assign_events(
    events: Iterable[Event], survivor: Iterable[str], absorbed: Iterable[str]
) -> EventsBySide:
    """The events whose keys name the survivor only, the absorbed only, and all the others."""
    keys = (frozenset(survivor), frozenset(absorbed))
    sides: tuple[list[Event], list[Event], list[Event]] = ([], [], [])
    for event in events:
        said = {f"{name}#{value}" for name, value in event.identities.items()}
        named = [not said.isdisjoint(known) for known in keys]
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
    """The survivor and the absorbed. `before` are both before the merge, and both as one after it;
    `later` are the events since that are known to be the survivor's and the absorbed's."""
    survivor, absorbed, merged = before
    mine, theirs = later
    base = apply_events(merged, (*mine, *theirs), now)
    own = _apply_later_changes(apply_events(survivor, mine, now), base, current)
    other = _apply_refusals(apply_events(absorbed, theirs, now), base, current)
    return own, other.with_changes(
        owing=merge_attribution.update_own_entries(other.owing, base.owing, current.owing)
    )


def _apply_later_changes(own: Customer, base: Customer, current: Customer) -> Customer:
    """`own` with all that is other in `current` than in `base`."""
    was, now, mine = traits_of(base), traits_of(current), traits_of(own)
    traits: dict[str, Any] = {
        name: add_changes_since(mine[name], was[name], now[name], 2 if name == "consent" else 1)
        for name in mine
    }
    counted: dict[str, Any] = {
        name: add_counts_since(getattr(own, name), getattr(base, name), getattr(current, name))
        for name in COUNTED_BLOCKS
    }
    return replace(
        own,
        **traits,
        **counted,
        **mart_totals.add_purchases_since(own, base, current),
        version=current.version,
        identities=_unmerge_identities(own.identities, base.identities, current.identities),
        dialogues=add_changes_since(own.dialogues, base.dialogues, current.dialogues),
        contact_history=merge_contact_history.apply_later_changes(
            own.contact_history, base.contact_history, current.contact_history
        ),
        owing=merge_attribution.apply_later_changes(own.owing, base.owing, current.owing),
        recent=merge_recent_events(own.recent, _find_new_recent(base, current)),
        as_of=add_changes_since(own.as_of, base.as_of, current.as_of),
        processed=interleave_newest(
            own.processed, [p for p in current.processed if p not in base.processed]
        ),
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


def _find_new_recent(
    base: Customer, current: Customer
) -> dict[str, tuple[tuple[str, str, int], ...]]:
    known = {entry for ring in base.recent.values() for entry in ring}
    fresh = {
        ring: tuple(entry for entry in entries[:MAX_RECENT_EVENTS] if entry not in known)
        for ring, entries in current.recent.items()
    }
    return {ring: entries for ring, entries in fresh.items() if entries}


def _apply_refusals(customer: Customer, base: Customer, current: Customer) -> Customer:
    new = add_changes_since({}, base.consent, current.consent, 2)
    refusals = {
        channel: {purpose: False for purpose, given in purposes.items() if not given}
        for channel, purposes in new.items()
    }
    return apply_traits(customer, {"consent": refusals}, lambda field: current.as_of.get(field, 0))
