"""Folding an event into the customer: what each event adds to what is known of them.

Counts, sums, latest-by-occurred-at and newest-of are all that is used, so the same events in any
order leave the same customer; only `processed`, the guard against repeats, keeps order of arrival.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hub.domain.customer import Block, Customer
from hub.domain.digest import digest
from hub.domain.event import Event
from hub.domain.times import iso

WINDOW_DAYS = 90
RING_SIZE = 50
REMEMBERED_REPEATS = 128
VALUES_PER_NAMESPACE = 10
TRAIT_BLOCKS = frozenset(
    {"contact", "person", "place", "loyalty", "interests", "attitudes", "consent"}
)
BEHAVIOUR = frozenset(
    {"action", "app", "cart", "email", "form", "message", "page", "product", "push", "search"}
)


def is_repeat(customer: Customer, event: Event) -> bool:
    """Whether this event has been taken in before."""
    name = digest(event.id)
    return name in customer.processed or any(
        name == entry[0] for ring in customer.recent.values() for entry in ring
    )


def remember(customer: Customer, event: Event, now: datetime) -> Customer:
    """The customer after `event`, which must not be a repeat."""
    customer = _take_traits(customer, event)
    customer = _FOLDS.get(event.type, _nothing_more)(customer, event)
    return replace(
        customer,
        identities=_known_by(customer.identities, event.identities),
        recent=_ring(customer.recent, event),
        activity=_count_day(customer.activity, event, now),
        processed=(*customer.processed, digest(event.id))[-REMEMBERED_REPEATS:],
    )


def fit(customer: Customer, size: Callable[[Customer], int], limit: int) -> Customer:
    """The customer within `limit`: the oldest detail leaves first, totals and facts never."""
    while size(customer) > limit and (customer.activity or customer.recent):
        customer = _forget_oldest(customer)
    return customer


def _millisecond(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _leaves(block: str, values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in values.items():
        if block == "consent" and isinstance(value, Mapping):
            for purpose, given in value.items():
                yield (block, name, purpose), given
        else:
            yield (block, name), value


def _take_traits(customer: Customer, event: Event) -> Customer:
    said_at = _millisecond(event.occurred_at)
    as_of = dict(customer.as_of)
    blocks: dict[str, Any] = {}
    for block in TRAIT_BLOCKS & event.traits.keys():
        taken = dict(blocks.get(block, getattr(customer, block)))
        for path, value in _leaves(block, event.traits[block]):
            field = ".".join(path)
            if _is_newer(path, value, taken, said_at, as_of.get(field)):
                _put(taken, path[1:], value)
                as_of[field] = said_at
        blocks[block] = taken
    return replace(customer, **blocks, as_of=as_of) if blocks else customer


def _is_newer(
    path: tuple[str, ...], value: Any, block: Block, said_at: int, known_at: int | None
) -> bool:
    """Later wins; of two said at the same millisecond, a refusal of consent, else the greater."""
    if known_at is None or said_at != known_at:
        return known_at is None or said_at > known_at
    present: Any = block
    for name in path[1:]:
        present = present[name]
    if path[0] == "consent":
        return bool(present) and not value
    return (type(value).__name__, str(value)) > (type(present).__name__, str(present))


def _put(block: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *parents, last = path
    for name in parents:
        block[name] = dict(block.get(name, {}))
        block = block[name]
    block[last] = value


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


def _ring(
    recent: Mapping[str, tuple[tuple[str, str, int], ...]], event: Event
) -> Mapping[str, tuple[tuple[str, str, int], ...]]:
    subject = event.type.partition(".")[0]
    ring = "behaviour" if subject in BEHAVIOUR else "business"
    entry = (digest(event.id), event.type, _millisecond(event.occurred_at))
    entries = sorted((*recent.get(ring, ()), entry), key=lambda e: (-e[2], e[0]))
    return {**recent, ring: tuple(entries[:RING_SIZE])}


def _count_day(
    activity: Mapping[str, Mapping[str, int]], event: Event, now: datetime
) -> Mapping[str, Mapping[str, int]]:
    oldest = (now - timedelta(days=WINDOW_DAYS)).date().isoformat()
    day = event.occurred_at.date().isoformat()
    kept = {kind: {d: n for d, n in days.items() if d >= oldest} for kind, days in activity.items()}
    if day >= oldest:
        days = kept.setdefault(event.type, {})
        days[day] = days.get(day, 0) + 1
    return {kind: days for kind, days in kept.items() if days}


def _forget_oldest(customer: Customer) -> Customer:
    oldest = min((day for days in customer.activity.values() for day in days), default="")
    activity = {
        kind: {day: count for day, count in days.items() if day != oldest}
        for kind, days in customer.activity.items()
    }
    return replace(
        customer,
        activity={kind: days for kind, days in activity.items() if days},
        recent={n: shorter for n, ring in customer.recent.items() if (shorter := ring[:-1])},
    )


def _nothing_more(customer: Customer, event: Event) -> Customer:  # noqa: ARG001 a fold like others
    return customer


def _added(sums: Mapping[str, int], currency: str, amount: int) -> Mapping[str, int]:
    return {**sums, currency: sums.get(currency, 0) + amount}


def _bought(customer: Customer, event: Event) -> Customer:
    block, at = customer.purchases, iso(event.occurred_at)
    said = event.properties
    purchases = {
        **block,
        "count": block.get("count", 0) + 1,
        "spent": _added(block.get("spent", {}), said.get("currency", ""), said.get("amount", 0)),
        "first_at": min(block.get("first_at", at), at),
        "last_at": max(block.get("last_at", at), at),
    }
    return replace(customer, purchases=purchases)


def _returned(customer: Customer, event: Event) -> Customer:
    block, said = customer.purchases, event.properties
    sums = _added(block.get("returned", {}), said.get("currency", ""), said.get("amount", 0))
    returns = block.get("returns", 0) + 1
    return replace(customer, purchases={**block, "returns": returns, "returned": sums})


def _complained(customer: Customer, event: Event) -> Customer:
    block, at = customer.service, iso(event.occurred_at)
    service = {
        **block,
        "complaints": block.get("complaints", 0) + 1,
        "last_complaint_at": max(block.get("last_complaint_at", at), at),
    }
    return replace(customer, service=service)


def _was_contacted(customer: Customer, event: Event) -> Customer:
    channel, at = event.properties["channel"], iso(event.occurred_at)
    block = customer.engagement.get(channel, {})
    contacted = {
        **block,
        "sent": block.get("sent", 0) + 1,
        "last_sent_at": max(block.get("last_sent_at", at), at),
    }
    return replace(customer, engagement={**customer.engagement, channel: contacted})


_FOLDS: Mapping[str, Callable[[Customer, Event], Customer]] = {
    "action.delivered": _was_contacted,
    "complaint.filed": _complained,
    "item.purchased": _bought,
    "item.returned": _returned,
    "order.completed": _bought,
    "order.refunded": _returned,
}
