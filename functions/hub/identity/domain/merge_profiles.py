"""Merges the profiles of two customers who are one person.

Applying an event before or after the merge leaves the same facts in the profile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from itertools import chain, zip_longest

from hub.identity.domain import merge_attribution, merge_contact_history
from hub.identity.domain.merge_activity import merge_activity
from hub.kernel.json_types import Json
from hub.model.customer import Block, Customer
from hub.profile.domain import mart_totals
from hub.profile.domain.activity_windows import move_activity
from hub.profile.domain.apply_event import VALUES_PER_NAMESPACE
from hub.profile.domain.block_merge import combine
from hub.profile.domain.event_memory import unite_marked
from hub.profile.domain.occurrences import (
    Occurrences,
    add_sums,
    read_occurrences,
    store_occurrences,
    subtract_days,
    sum_purchases,
    unite_occurrences,
)
from hub.profile.domain.traits import TRAIT_BLOCKS, apply_traits, find_trust

SEPARATELY_MERGED = frozenset(
    {
        *("customer_id", "version", "identities", "dialogues", "contact_history", "owing"),
        *("recent", "activity", "amounts", "as_of", "levels", "purchases", "mart", "processed"),
        *("business_keys", "marked", "pace", "refusals", "repeats"),
        *TRAIT_BLOCKS,
    }
)
COUNTED_BLOCKS = tuple(
    field.name for field in fields(Customer) if field.name not in SEPARATELY_MERGED
)
LATEST = "latest"


def merge_profiles(
    survivor: Customer, absorbed: Customer, dialogues: Mapping[str, str]
) -> Customer:
    """The survivor with all that is known of both. `dialogues` is that of `MergeRules`.

    `processed` has the events of both, also if they have no room in it."""
    counted: dict[str, Json] = {
        name: combine(getattr(survivor, name), getattr(absorbed, name)) for name in COUNTED_BLOCKS
    }
    merged = replace(
        apply_traits(
            survivor,
            traits_of(absorbed),
            lambda field: absorbed.as_of.get(field, 0),
            lambda field: find_trust(absorbed, field),
        ),
        **counted,
        **mart_totals.combine_purchases(survivor, absorbed),
        identities=_unite_identities(survivor.identities, absorbed.identities),
        dialogues=_merge_dialogues(survivor.dialogues, absorbed.dialogues, dialogues),
        contact_history=merge_contact_history.merge_contact_history(
            survivor.contact_history, absorbed.contact_history
        ),
        owing=merge_attribution.merge_attribution(survivor.owing, absorbed.owing),
        **merge_activity(survivor, absorbed),
        processed=interleave_processed(survivor.processed, absorbed.processed),
        marked=unite_marked(survivor.marked, absorbed.marked),
        pace=max(survivor.pace, absorbed.pace),
    )
    return _count_once(merged, read_occurrences(survivor), read_occurrences(absorbed))


def _count_once(merged: Customer, first: Occurrences, second: Occurrences) -> Customer:
    """The customer in whom a sale or return that both had counts once."""
    united = unite_occurrences(first, second)
    for key in first.keys() & second.keys():
        later, earlier = sorted((first[key], second[key]), key=lambda each: -each.at)
        merged = move_activity(move_activity(merged, later, None), earlier, united[key])
    counted = sum_purchases(first)
    for day, sums in sum_purchases(second).items():
        counted[day] = add_sums(counted.get(day, {}), sums)
    change = subtract_days(sum_purchases(united), counted)
    merged = mart_totals.add_live_sums(merged, change, {}) if change else merged
    return merged.with_changes(business_keys=store_occurrences(united))


def traits_of(customer: Customer) -> dict[str, Block]:
    return {block: getattr(customer, block) for block in TRAIT_BLOCKS}


def interleave_processed(
    first: Mapping[str, Iterable[str]], second: Mapping[str, Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    return {
        kind: interleave_newest(first.get(kind, ()), second.get(kind, ()))
        for kind in dict.fromkeys((*first, *second))
    }


def interleave_newest(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Takes the newest of each side in turn, so that the oldest of both come first."""
    pairs = zip_longest(reversed(tuple(first)), reversed(tuple(second)))
    newest_first = dict.fromkeys(name for name in chain.from_iterable(pairs) if name)
    return tuple(reversed(newest_first))


def _unite_identities(
    first: Mapping[str, tuple[str, ...]], second: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(sorted({*first.get(name, ()), *second.get(name, ())})[:VALUES_PER_NAMESPACE])
        for name in [*first, *(name for name in second if name not in first)]
    }


def _merge_dialogues(
    survivor: Mapping[str, Block], absorbed: Mapping[str, Block], declared: Mapping[str, str]
) -> dict[str, Block]:
    stages = {**absorbed, **survivor}
    for strategy in survivor.keys() & absorbed.keys():
        if declared.get(strategy, declared.get("default", LATEST)) == LATEST:
            stages[strategy] = max(survivor[strategy], absorbed[strategy], key=_start_key)
    return stages


def _start_key(stage: Block) -> tuple[str, str]:
    return stage.get("since", ""), stage.get("state", "")
