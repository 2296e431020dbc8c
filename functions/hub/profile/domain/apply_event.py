"""Folding an event into the customer: what each event adds to what is known of them.

Counts, sums, latest-by-occurred-at and newest-of are all that is used, so the same events in any
order leave the same customer; only `processed`, the guard against repeats, keeps order of arrival.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from hub.kernel.digest import digest
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain import mart_totals
from hub.profile.domain.activity_windows import happened, has_detail, is_recent, without_oldest
from hub.profile.domain.contact_history import has_seen_pages, without_oldest_seen
from hub.profile.domain.erasure import ERASED, erased
from hub.profile.domain.projections import fold
from hub.profile.domain.traits import has_free_fields, proofs, said_by, without_oldest_said

REMEMBERED_REPEATS = 128
VALUES_PER_NAMESPACE = 10


def is_repeat(customer: Customer, event: Event) -> bool:
    """Whether this event has been taken in before."""
    name = digest(event.id)
    return name in customer.processed or is_recent(customer, name)


def remember(customer: Customer, event: Event, now: datetime) -> Customer:
    """The customer after `event`, which must not be a repeat.

    A row of the mart is nothing the customer did: it is in no window and in no ring.
    """
    if customer.erased or event.type == ERASED:
        return _noticed(customer if customer.erased else erased(customer, event), event)
    customer = said_by(customer, event, event.traits)
    if event.type == mart_totals.LOADED:
        return _taken_in(mart_totals.loaded(customer, event, now), event)
    customer = happened(fold(customer, event), event, now)
    return _taken_in(customer, event, mart=mart_totals.pruned(customer.mart, now))


def fit(customer: Customer, size: Callable[[Customer], int], limit: int) -> Customer:
    """The customer within `limit`: the oldest detail leaves first, then what was said longest ago
    in blocks of no fixed fields; totals and other facts never."""
    while size(customer) > limit and (has_detail(customer) or has_seen_pages(customer)):
        customer = without_oldest(without_oldest_seen(customer))
    while size(customer) > limit and has_free_fields(customer):
        customer = without_oldest_said(customer)
    return customer


def _taken_in(customer: Customer, event: Event, **changed: Any) -> Customer:
    known = _known_by(customer.identities, event.identities)
    said = proofs(customer.proofs, event)
    return _noticed(customer, event, identities=known, proofs=said, **changed)


def _noticed(customer: Customer, event: Event, **changed: Any) -> Customer:
    seen = (*customer.processed, digest(event.id))[-REMEMBERED_REPEATS:]
    return customer.but(processed=seen, **changed)


def _known_by(
    known: Mapping[str, tuple[str, ...]], said: Mapping[str, str]
) -> Mapping[str, tuple[str, ...]]:
    fresh = {n: v for n, v in said.items() if v not in known.get(n, ())}
    if not fresh:
        return known
    return {
        **known,
        **{
            namespace: tuple(sorted({*known.get(namespace, ()), value})[:VALUES_PER_NAMESPACE])
            for namespace, value in fresh.items()
        },
    }
