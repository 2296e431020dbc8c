"""Folding an event into the customer: what each event adds to what is known of them.

Counts, sums, latest-by-occurred-at and newest-of are all that is used, so the same events in any
order leave the same customer; only `processed`, the guard against repeats, keeps order of arrival.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hub.domain import mart
from hub.domain.customer import Block, Customer
from hub.domain.digest import digest
from hub.domain.event import Event
from hub.domain.times import iso

WINDOW_DAYS = 90
RING_SIZE = 50
REMEMBERED_REPEATS = 128
VALUES_PER_NAMESPACE = 10
_NO_DAY = "9999-12-31"
TRAIT_BLOCKS = frozenset(
    {"contact", "person", "place", "loyalty", "interests", "attitudes", "consent"}
)
BEHAVIOUR = frozenset(
    {
        *(
            "action",
            "app",
            "cart",
            "coupon",
            "decision",
            "email",
            "form",
            "message",
            "offer",
            "page",
        ),
        *("product", "push", "search", "track"),
    }
)

Fact = TypeVar("Fact")


def is_repeat(customer: Customer, event: Event) -> bool:
    """Whether this event has been taken in before."""
    name = digest(event.id)
    return name in customer.processed or any(
        name == entry[0] for ring in customer.recent.values() for entry in ring
    )


def remember(customer: Customer, event: Event, now: datetime) -> Customer:
    """The customer after `event`, which must not be a repeat.

    A row of the mart is nothing the customer did: it is in no window and in no ring.
    """
    customer = _take_traits(customer, event)
    if event.type == mart.LOADED:
        return _taken_in(mart.loaded(customer, event, now), event)
    customer = _FOLDS.get(event.type, _nothing_more)(customer, event)
    oldest = (now - timedelta(days=WINDOW_DAYS)).date().isoformat()
    customer = customer.but(
        recent=_ring(customer.recent, event),
        activity=_count_day(customer.activity, event, oldest),
        amounts=_add_amount(customer.amounts, event, oldest),
        mart=mart.pruned(customer.mart, now),
    )
    return _taken_in(customer, event)


def _taken_in(customer: Customer, event: Event) -> Customer:
    return customer.but(
        identities=_known_by(customer.identities, event.identities),
        proofs=_proofs(customer.proofs, event),
        processed=(*customer.processed, digest(event.id))[-REMEMBERED_REPEATS:],
    )


def fit(customer: Customer, size: Callable[[Customer], int], limit: int) -> Customer:
    """The customer within `limit`: the oldest detail leaves first, totals and facts never."""
    while size(customer) > limit and (customer.activity or customer.amounts or customer.recent):
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
    return hear(customer, event.traits, lambda _: said_at)


def _proofs(proofs: Mapping[str, str], event: Event) -> Mapping[str, str]:
    """`2026-11-22T12:00:00.000Z given shop e-1`: the greatest is the one that holds, as the latest
    word does and, of two at once, a refusal."""
    said = event.traits.get("consent")
    if not said:
        return proofs
    at, found = iso(event.occurred_at), dict(proofs)
    for (_, *path), given in _leaves("consent", said):
        word = f"{at} {'given' if given is True else 'refused'} {event.source} {event.id}"
        name = ".".join(path)
        found[name] = max(word, found.get(name, ""))
    return found


def hear(
    customer: Customer, traits: Mapping[str, Mapping[str, Any]], said_at: Callable[[str], int]
) -> Customer:
    """The customer after `traits` were said of them, each field (`contact.email`) at its time."""
    as_of = dict(customer.as_of)
    blocks: dict[str, Any] = {}
    for block in TRAIT_BLOCKS & traits.keys():
        taken = dict(getattr(customer, block))
        for path, value in _leaves(block, traits[block]):
            field = ".".join(path)
            if _is_newer(path, value, taken, said_at(field), as_of.get(field)):
                _put(taken, path[1:], value)
                as_of[field] = said_at(field)
        blocks[block] = taken
    return customer.but(**blocks, as_of=as_of) if blocks else customer


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


def _days_from(
    by_type: Mapping[str, Mapping[str, Fact]], oldest: str
) -> dict[str, dict[str, Fact]]:
    kept = {
        kind: {day: fact for day, fact in days.items() if day >= oldest}
        for kind, days in by_type.items()
    }
    return {kind: days for kind, days in kept.items() if days}


def _count_day(
    activity: Mapping[str, Mapping[str, int]], event: Event, oldest: str
) -> Mapping[str, Mapping[str, int]]:
    kept, day = _days_from(activity, oldest), event.occurred_at.date().isoformat()
    if day >= oldest:
        days = kept.setdefault(event.type, {})
        days[day] = days.get(day, 0) + 1
    return kept


def _add_amount(
    amounts: Mapping[str, Mapping[str, Mapping[str, int]]], event: Event, oldest: str
) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Of any event that carries one, in whole minor units; without a currency it is under ''."""
    kept, day = _days_from(amounts, oldest), event.occurred_at.date().isoformat()
    amount, currency = event.properties.get("amount"), event.properties.get("currency") or ""
    if day >= oldest and type(amount) is int and isinstance(currency, str):
        days = kept.setdefault(event.type, {})
        days[day] = _added(days.get(day, {}), currency, amount)
    return kept


def _forget_oldest(customer: Customer) -> Customer:
    by_day = (*customer.activity.values(), *customer.amounts.values())
    days = sorted({day for days in by_day for day in days})
    second = days[1] if len(days) > 1 else _NO_DAY
    return customer.but(
        activity=_days_from(customer.activity, second),
        amounts=_days_from(customer.amounts, second),
        recent={n: shorter for n, ring in customer.recent.items() if (shorter := ring[:-1])},
    )


def _nothing_more(customer: Customer, event: Event) -> Customer:  # noqa: ARG001 a fold like others
    return customer


def _added(sums: Mapping[str, int], currency: str, amount: int) -> Mapping[str, int]:
    return {**sums, currency: sums.get(currency, 0) + amount}


def _bought(customer: Customer, event: Event) -> Customer:
    at, said = iso(event.occurred_at), event.properties
    spent = {said.get("currency", ""): said.get("amount", 0)}
    return mart.counted(
        customer, event, {"count": 1, "spent": spent, "first_at": at, "last_at": at}
    )


def _returned(customer: Customer, event: Event) -> Customer:
    said = event.properties
    returned = {said.get("currency", ""): said.get("amount", 0)}
    return mart.counted(customer, event, {"returns": 1, "returned": returned})


def _complained(customer: Customer, event: Event) -> Customer:
    block, at = customer.service, iso(event.occurred_at)
    service = {
        **block,
        "complaints": block.get("complaints", 0) + 1,
        "last_complaint_at": max(block.get("last_complaint_at", at), at),
    }
    return customer.but(service=service)


def _was_contacted(customer: Customer, event: Event) -> Customer:
    channel, at = event.properties["channel"], iso(event.occurred_at)
    block = customer.engagement.get(channel, {})
    contacted = {
        **block,
        "sent": block.get("sent", 0) + 1,
        "last_sent_at": max(block.get("last_sent_at", at), at),
    }
    return customer.but(engagement={**customer.engagement, channel: contacted})


def _responded(customer: Customer, event: Event) -> Customer:
    """`opened` and `opened_at` of the channel for `email.opened`, and that the address works."""
    channel, _, what = event.type.partition(".")
    block, at = customer.engagement.get(channel, {}), iso(event.occurred_at)
    known: Block = {
        **block,
        what: block.get(what, 0) + 1,
        f"{what}_at": max(block.get(f"{what}_at", at), at),
    }
    known = _last_at_address(known, "reached", event)
    return customer.but(engagement={**customer.engagement, channel: known})


def _failed(customer: Customer, event: Event) -> Customer:
    """An address from which messages come back for good, until one arrives there later."""
    channel = event.type.partition(".")[0]
    if not event.properties.get("permanent"):
        return customer
    known = _last_at_address(customer.engagement.get(channel, {}), "failed", event)
    return customer.but(engagement={**customer.engagement, channel: known})


def _last_at_address(block: Block, what: str, event: Event) -> Block:
    address, at = event.identities.get("email"), iso(event.occurred_at)
    if not address:
        return block
    times = {**block.get(what, {}), address: max(block.get(what, {}).get(address, at), at)}
    latest = sorted(times.items(), key=lambda item: (item[1], item[0]))[-VALUES_PER_NAMESPACE:]
    return {**block, what: dict(sorted(latest))}


_FOLDS: Mapping[str, Callable[[Customer, Event], Customer]] = {
    "action.delivered": _was_contacted,
    "complaint.filed": _complained,
    "email.clicked": _responded,
    "email.delivered": _responded,
    "email.failed": _failed,
    "email.opened": _responded,
    "item.purchased": _bought,
    "item.returned": _returned,
    "order.completed": _bought,
    "order.refunded": _returned,
}
