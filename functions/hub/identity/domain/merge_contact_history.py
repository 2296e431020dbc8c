"""The block `limits` (`hub.profile.domain.contact_history`) of two customers made one, and apart
again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub.profile.domain.block_merge import add_changes_since, add_counts_since, combine
from hub.profile.domain.contact_history import trim_contacts

LimitsBlock = Mapping[str, Any]
SUMMED_ENTRIES = ("offers", "goals", "suppressed")
"""How often, when last, until when: of both."""


def merge_contact_history(survivor: LimitsBlock, absorbed: LimitsBlock) -> dict[str, Any]:
    """Of what is held or was last shown under the same name, the survivor's stays."""
    summed = {
        name: combine(survivor.get(name), absorbed.get(name), name) for name in SUMMED_ENTRIES
    }
    names = {*survivor, *absorbed} - {*SUMMED_ENTRIES, "contacts"}
    united = {name: {**absorbed.get(name, {}), **survivor.get(name, {})} for name in sorted(names)}
    goals = {
        name: sorted(times, reverse=True)[:2] for name, times in (summed["goals"] or {}).items()
    }
    contacts = _select_newest([*survivor.get("contacts", ()), *absorbed.get("contacts", ())])
    return _drop_empty({**summed, **united, "goals": goals, "contacts": contacts})


def apply_later_changes(own: LimitsBlock, before: LimitsBlock, now: LimitsBlock) -> dict[str, Any]:
    """`own` with what was added to `before` until `now`."""
    known = {tuple(contact) for contact in before.get("contacts", ())}
    fresh = [c for c in now.get("contacts", ()) if tuple(c) not in known]
    names = {*own, *now} - {"offers", "contacts"}
    mine, then, later = (
        {name: part.get(name, {}) for name in sorted(names)} for part in (own, before, now)
    )
    offers = add_counts_since(*(part.get("offers", {}) for part in (own, before, now)))
    contacts = _select_newest([*own.get("contacts", ()), *fresh])
    said = add_changes_since(mine, then, later, 2)
    return _drop_empty({**said, "offers": offers, "contacts": contacts})


def _select_newest(contacts: Iterable[Any]) -> list[Sequence[Any]]:
    distinct = {tuple(contact) for contact in contacts}
    return trim_contacts([list(contact) for contact in sorted(distinct, reverse=True)])


def _drop_empty(limits: LimitsBlock) -> dict[str, Any]:
    return {name: value for name, value in limits.items() if value}
