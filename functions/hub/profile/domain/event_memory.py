"""What a customer remembers of the events that were applied, to recognise repeats.

- `processed` has the digests of the last 128 events of behaviour (pages, products, clicks) and of
  the last 128 of all other types, in the order of arrival.
- A digest that no longer fits there becomes an event mark. Whoever writes the customer stores the
  marks first, outside of the customer, for 90 days. So an event that was applied is always in
  `processed` or has a mark, and an event that was not applied is in neither.
- `marked` says under which names the customer has marks. It is empty for a customer who never had
  more events than `processed` holds: nobody looks for marks of such a customer.

A mark is found by the digest of the customer's memory name (a digest of the customer id) and of the
event id. It says nothing about customer or event. Merged customers keep their memory names.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from hub.kernel.digest import digest
from hub.model.customer import Customer
from hub.model.day_series import day_of_date
from hub.model.event import Event
from hub.model.stored.activity import BEHAVIOUR, BUSINESS

MAX_PROCESSED_EVENTS = 128
MARKS_KEPT = timedelta(days=90)
BEHAVIOUR_SUBJECTS = frozenset(
    {
        *("action", "app", "cart", "coupon", "decision", "email", "form", "message", "offer"),
        *("page", "product", "push", "search", "track"),
    }
)
_DAYS_MARKED = MARKS_KEPT.days + 1
_MARK_BYTES = 15


def is_repeat(customer: Customer, event: Event) -> bool:
    """Whether the event was applied before.

    An event with another id and a known business key is no such repeat: it may add traits and
    identities (see `hub.profile.domain.occurrences`).
    """
    name = digest(event.id)
    return name in customer.repeats or _has_processed(customer, name)


def add_processed(
    processed: Mapping[str, tuple[str, ...]], event: Event
) -> dict[str, tuple[str, ...]]:
    """Adds the event to `processed`, also if that has no room. `forget_oldest` makes room again."""
    kind = BEHAVIOUR if event.type.partition(".")[0] in BEHAVIOUR_SUBJECTS else BUSINESS
    return {**processed, kind: (*processed.get(kind, ()), digest(event.id))}


def list_marks(customer: Customer, events: Iterable[Event]) -> dict[str, str]:
    """Lists the marks that the customer would have of events that are not in `processed`.

    Returns mark -> digest of the event id. It is empty for a customer without marks."""
    if not customer.marked:
        return {}
    names = (digest(event.id) for event in events)
    return {
        _build_mark(memory, name): name
        for name in names
        if not _has_processed(customer, name)
        for memory in customer.marked
    }


def forget_oldest(
    customer: Customer, before: Customer, now: datetime
) -> tuple[Customer, tuple[str, ...]]:
    """Returns the customer with room in `processed`, and the marks to store before the customer.

    Only what `before`, the stored customer, has in `processed` leaves it. So no event has a mark
    before it was applied for good.
    """
    kept = dict(customer.processed)
    dropped: list[str] = []
    for kind, names in customer.processed.items():
        excess = min(len(names) - MAX_PROCESSED_EVENTS, len(before.processed.get(kind, ())))
        if excess > 0:
            kept[kind] = names[excess:]
            dropped += names[:excess]
    if not dropped:
        return _drop_expired(customer, now), ()
    return _mark(customer.with_changes(processed=kept), dropped, now)


def share_memory(
    customer: Customer, others: Iterable[Customer], now: datetime
) -> tuple[Customer, tuple[str, ...]]:
    """Returns the customer who recognises all that the others do, and the marks to store before.

    All events of `processed` must have been applied for good, to this customer or to another."""
    customer, marks = forget_oldest(customer, customer, now)
    missing: dict[str, None] = {}
    for other in others:
        customer = customer.with_changes(marked=unite_marked(customer.marked, other.marked))
        names = (name for of_kind in other.processed.values() for name in of_kind)
        missing |= {name: None for name in names if not _has_processed(customer, name)}
    if not missing:
        return customer, marks
    customer, missing_marks = _mark(customer, missing, now)
    return customer, tuple(dict.fromkeys((*marks, *missing_marks)))


def unite_marked(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    """Unites `marked` of two customers. Of each memory name the later day holds."""
    return {
        memory: max(first.get(memory, 0), second.get(memory, 0))
        for memory in sorted({*first, *second})
    }


def _has_processed(customer: Customer, name: str) -> bool:
    return any(name in names for names in customer.processed.values())


def _mark(
    customer: Customer, names: Iterable[str], now: datetime
) -> tuple[Customer, tuple[str, ...]]:
    memory, today = digest(customer.customer_id), day_of_date(now.date())
    marked = unite_marked(_drop_expired(customer, now).marked, {memory: today})
    marks = tuple(_build_mark(memory, name) for name in names)
    return customer.with_changes(marked=marked), marks


def _build_mark(memory: str, name: str) -> str:
    return digest(f"{memory} {name}", _MARK_BYTES)


def _drop_expired(customer: Customer, now: datetime) -> Customer:
    """Drops the memory names all of whose marks have expired."""
    oldest = day_of_date(now.date()) - _DAYS_MARKED
    if all(day >= oldest for day in customer.marked.values()):
        return customer
    marked = {memory: day for memory, day in customer.marked.items() if day >= oldest}
    return customer.with_changes(marked=marked)
