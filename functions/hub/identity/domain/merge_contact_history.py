"""The block `limits` (`hub.profile.domain.contact_history`) of two customers made one, and apart
again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub.profile.domain.block_merge import counted_since, said_since, together
from hub.profile.domain.contact_history import newest_contacts

Limits = Mapping[str, Any]
SUMMED = ("offers", "goals", "suppressed")
"""How often, when last, until when: of both."""


def both(one: Limits, other: Limits) -> dict[str, Any]:
    """Of what is held or was last shown under the same name, the survivor's stays."""
    summed = {name: together(one.get(name), other.get(name), name) for name in SUMMED}
    names = {*one, *other} - {*SUMMED, "contacts"}
    united = {name: {**other.get(name, {}), **one.get(name, {})} for name in sorted(names)}
    goals = {
        name: sorted(times, reverse=True)[:2] for name, times in (summed["goals"] or {}).items()
    }
    contacts = _newest([*one.get("contacts", ()), *other.get("contacts", ())])
    return _without_nothing({**summed, **united, "goals": goals, "contacts": contacts})


def since(own: Limits, before: Limits, now: Limits) -> dict[str, Any]:
    """`own` with what was added to `before` until `now`."""
    known = {tuple(contact) for contact in before.get("contacts", ())}
    fresh = [c for c in now.get("contacts", ()) if tuple(c) not in known]
    names = {*own, *now} - {"offers", "contacts"}
    mine, then, later = (
        {name: part.get(name, {}) for name in sorted(names)} for part in (own, before, now)
    )
    offers = counted_since(*(part.get("offers", {}) for part in (own, before, now)))
    contacts = _newest([*own.get("contacts", ()), *fresh])
    said = said_since(mine, then, later, 2)
    return _without_nothing({**said, "offers": offers, "contacts": contacts})


def _newest(contacts: Iterable[Any]) -> list[Sequence[Any]]:
    distinct = {tuple(contact) for contact in contacts}
    return newest_contacts([list(contact) for contact in sorted(distinct, reverse=True)])


def _without_nothing(limits: Limits) -> dict[str, Any]:
    return {name: value for name, value in limits.items() if value}
