"""Applies an event to its customer.

It only counts, sums, and keeps the latest or newest values. So the same events in any order leave
the same customer. Only `processed`, which recognises repeats, is in the order of arrival (see
`hub.profile.domain.event_memory`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain import mart_totals
from hub.profile.domain.activity_windows import move_activity, record_activity
from hub.profile.domain.erasure import ERASED, erase_customer
from hub.profile.domain.event_memory import add_processed
from hub.profile.domain.mart_row import MART_LOADED
from hub.profile.domain.occurrences import find_occurrence, hold_occurrence
from hub.profile.domain.projections import apply_projections
from hub.profile.domain.traits import add_consent_proofs, apply_event_traits
from hub.profile.domain.visitor_pace import count_public_event

VALUES_PER_NAMESPACE = 10


def apply_event(customer: Customer, event: Event, now: datetime) -> Customer:
    """Returns the customer after `event`, which must not be a repeat.

    A row of the mart is in no activity window, because it is nothing that the customer did.
    """
    if customer.erased or event.type == ERASED:
        return _mark_processed(
            customer if customer.erased else erase_customer(customer, event), event
        )
    customer = apply_event_traits(customer, event, event.traits)
    if event.type == MART_LOADED:
        return _record_identities(mart_totals.apply_mart_row(customer, event, now), event)
    told = find_occurrence(customer, event)
    customer = hold_occurrence(apply_projections(customer, event), event, now)
    if told is None:
        customer = record_activity(customer, event, now)
    else:
        customer = move_activity(customer, told, find_occurrence(customer, event) or told)
    return _record_identities(customer, event)


def _record_identities(customer: Customer, event: Event, **changed: Any) -> Customer:
    identities = _add_identities(customer.identities, event.identities)
    proofs = add_consent_proofs(customer.proofs, event)
    return _mark_processed(customer, event, identities=identities, proofs=proofs, **changed)


def _mark_processed(customer: Customer, event: Event, **changed: Any) -> Customer:
    return customer.with_changes(
        processed=add_processed(customer.processed, event),
        pace=count_public_event(customer.pace, event),
        **changed,
    )


def _add_identities(
    identities: Mapping[str, tuple[str, ...]], added: Mapping[str, str]
) -> Mapping[str, tuple[str, ...]]:
    fresh = {n: v for n, v in added.items() if v not in identities.get(n, ())}
    if not fresh:
        return identities
    return {
        **identities,
        **{
            namespace: tuple(sorted({*identities.get(namespace, ()), value})[:VALUES_PER_NAMESPACE])
            for namespace, value in fresh.items()
        },
    }
