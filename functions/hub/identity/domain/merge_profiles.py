"""Two customers who are one person: the view of both together.

As far as facts go it does not matter when they were merged: remembering an event before or after
leaves the same customer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from itertools import chain, zip_longest
from typing import Any

from hub.identity.domain import merge_contact_history
from hub.model.customer import Block, Customer
from hub.profile.domain import mart_totals
from hub.profile.domain.activity_windows import RING_SIZE, Entry
from hub.profile.domain.apply_event import REMEMBERED_REPEATS, VALUES_PER_NAMESPACE
from hub.profile.domain.block_merge import together
from hub.profile.domain.traits import TRAIT_BLOCKS, hear

OTHERWISE = frozenset(
    {
        *("customer_id", "version", "identities", "dialogues", "limits", "owing"),
        *("recent", "as_of", "purchases", "mart", "processed"),
        *TRAIT_BLOCKS,
    }
)
COUNTED = tuple(field.name for field in fields(Customer) if field.name not in OTHERWISE)
LATEST = "latest"


def absorb(one: Customer, other: Customer, dialogues: Mapping[str, str]) -> Customer:
    """`one` with all that was known of `other`. `dialogues` says, by strategy or `default`, which
    stage of a dialogue both are in stays: the `latest` or the `survivor`'s."""
    counted: dict[str, Any] = {
        name: together(getattr(one, name), getattr(other, name)) for name in COUNTED
    }
    return replace(
        hear(one, traits_of(other), lambda field: other.as_of.get(field, 0)),
        **counted,
        **mart_totals.both(one, other),
        identities=_united(one.identities, other.identities),
        dialogues=_dialogues(one.dialogues, other.dialogues, dialogues),
        limits=merge_contact_history.both(one.limits, other.limits),
        owing=together(one.owing, other.owing),
        recent=rings(one.recent, other.recent),
        processed=alternating(one.processed, other.processed),
    )


def traits_of(customer: Customer) -> dict[str, Block]:
    return {block: getattr(customer, block) for block in TRAIT_BLOCKS}


def rings(
    one: Mapping[str, tuple[Entry, ...]], other: Mapping[str, tuple[Entry, ...]]
) -> dict[str, tuple[Entry, ...]]:
    return {
        ring: tuple(
            sorted({*one.get(ring, ()), *other.get(ring, ())}, key=lambda e: (-e[2], e[0]))[
                :RING_SIZE
            ]
        )
        for ring in [*one, *(ring for ring in other if ring not in one)]
    }


def alternating(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """The newest of each side in turn, so that what falls out first is the oldest of both."""
    pairs = zip_longest(reversed(tuple(one)), reversed(tuple(other)))
    newest_first = dict.fromkeys(name for name in chain.from_iterable(pairs) if name)
    return tuple(reversed(list(newest_first)[:REMEMBERED_REPEATS]))


def _united(
    one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(sorted({*one.get(name, ()), *other.get(name, ())})[:VALUES_PER_NAMESPACE])
        for name in [*one, *(name for name in other if name not in one)]
    }


def _dialogues(
    one: Mapping[str, Block], other: Mapping[str, Block], declared: Mapping[str, str]
) -> dict[str, Block]:
    stages = {**other, **one}
    for strategy in one.keys() & other.keys():
        if declared.get(strategy, declared.get("default", LATEST)) == LATEST:
            stages[strategy] = max(one[strategy], other[strategy], key=_begun)
    return stages


def _begun(stage: Block) -> tuple[str, str]:
    return stage.get("since", ""), stage.get("state", "")
