"""The block `business_keys`: the sales, returns, payments and subscriptions of the last 90 days.

It holds the newest `MOST_KEYS`, so that one that comes under another event id is recognised as a
repeat (see `hub.profile.domain.business_key`). Of several words about one, the earliest time and
the greatest amount hold. It also holds the lines that name their order: an order that comes both
whole and by lines counts as the whole order, on the day of its first event.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hub.kernel.digest import digest
from hub.kernel.json_types import Json
from hub.kernel.times import to_milliseconds
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.business_key import find_business_key, find_order_key

MOST_KEYS = 40
KEYS_KEPT = timedelta(days=90)
_CODES: Mapping[str, str] = {
    "item.purchased": "l",
    "item.returned": "b",
    "order.cancelled": "c",
    "order.completed": "o",
    "order.refunded": "r",
    "payment.received": "p",
    "payment.refunded": "q",
    "subscription.ended": "e",
    "subscription.started": "s",
}
"""Event type -> its code in the block."""
BUSINESS_TYPES = frozenset(_CODES)
"""The types of sales, returns, payments and subscriptions."""
_TYPES = {code: event_type for event_type, code in _CODES.items()}
_ORDER, _LINE = _CODES["order.completed"], _CODES["item.purchased"]
_RETURNS = frozenset({_CODES["item.returned"], _CODES["order.refunded"]})

Sums = Mapping[str, Json]
SumsByDay = dict[str, Sums]


class Occurrence(NamedTuple):
    """What is known under one business key.

    `code` stands for the event type. `at` is in milliseconds. `amount` is in minor units. `order`
    is the business key of the whole order, of a line.
    """

    code: str
    at: int
    amount: int | None = None
    currency: str = ""
    order: str = ""

    @property
    def event_type(self) -> str:
        return _TYPES[self.code]

    @property
    def day(self) -> str:
        return datetime.fromtimestamp(self.at / 1000, UTC).date().isoformat()

    def to_list(self) -> list[Json]:
        stored = list(self)
        while not stored[-1]:
            stored.pop()
        return stored


Occurrences = Mapping[str, Occurrence]
"""Business key -> occurrence."""


def read_occurrences(customer: Customer) -> dict[str, Occurrence]:
    return {key: Occurrence(*stored) for key, stored in customer.business_keys.items()}


def find_occurrence(customer: Customer, event: Event) -> Occurrence | None:
    """Finds what the customer has under the business key of the event."""
    stored = customer.business_keys.get(find_business_key(event))
    return Occurrence(*stored) if stored else None


def is_told_again(customer: Customer, event: Event) -> bool:
    """Whether the customer has the event's business key already, from an event with another id."""
    return find_occurrence(customer, event) is not None


def hold_occurrence(customer: Customer, event: Event, now: datetime) -> Customer:
    """Adds the event to the block, if it has a business key or names its order."""
    found = _read_occurrence(event)
    if found is None:
        return customer
    key, occurrence = found
    held = unite_occurrences(read_occurrences(customer), {key: occurrence})
    return customer.with_changes(
        business_keys=store_occurrences(held, to_milliseconds(now - KEYS_KEPT))
    )


def combine_occurrences(first: Occurrence, second: Occurrence) -> Occurrence:
    """Makes one of two words, in either order the same: the earliest time, the greatest amount."""
    stated = max(first, second, key=_amount_sort_key)
    return stated._replace(at=min(first.at, second.at), order=max(first.order, second.order))


def unite_occurrences(first: Occurrences, second: Occurrences) -> dict[str, Occurrence]:
    """Unites those of two customers who are one person."""
    united = {**first, **second}
    for key in first.keys() & second.keys():
        united[key] = combine_occurrences(first[key], second[key])
    return united


def store_occurrences(occurrences: Occurrences, oldest: int = 0) -> dict[str, list[Json]]:
    """Returns the block: the newest orders that together have at most `MOST_KEYS` entries.

    An order leaves with all its lines, so that its lines do not count in its place. It leaves if
    nothing of it is as new as the millisecond `oldest`.
    """
    latest: dict[str, int] = {}
    for key, each in occurrences.items():
        order = _find_order_key(key, each)
        latest[order] = max(each.at, latest.get(order, each.at))

    def sort_key(item: tuple[str, Occurrence]) -> tuple[int, str, bool, int, str]:
        key, each = item
        order = _find_order_key(key, each)
        return -latest[order], order, each.code != _ORDER, -each.at, key

    newest = sorted(occurrences.items(), key=sort_key)
    kept, left_out = newest[:MOST_KEYS], newest[MOST_KEYS:]
    if left_out:
        cut, first = (_find_order_key(*entries[0]) for entries in (left_out, newest))
        kept = [item for item in kept if _find_order_key(*item) != cut or cut == first]
    return {
        key: each.to_list() for key, each in kept if latest[_find_order_key(key, each)] >= oldest
    }


def sum_change(customer: Customer, event: Event) -> SumsByDay:
    """Sums what a sale or return adds to the purchases, by day. What it replaces is negative."""
    found = _read_occurrence(event)
    code, at = _CODES[event.type], to_milliseconds(event.occurred_at)
    if found is None:
        amount, currency = event.properties.get("amount", 0), event.properties.get("currency", "")
        return dict(_sum_each([Occurrence(code, at, amount, currency)]))
    key, occurrence = found
    held = read_occurrences(customer)
    order = _find_order_key(key, occurrence)
    group = {name: each for name, each in held.items() if _find_order_key(name, each) == order}
    return subtract_days(
        sum_purchases(unite_occurrences(group, {key: occurrence})), sum_purchases(group)
    )


def sum_purchases(occurrences: Occurrences) -> SumsByDay:
    """Sums the sales and returns by day. The lines of an order that is there whole do not count."""
    first_at: dict[str, int] = {}
    for key, each in occurrences.items():
        order = _find_order_key(key, each)
        first_at[order] = min(each.at, first_at.get(order, each.at))
    counted = []
    for key, each in occurrences.items():
        if each.code == _ORDER:
            counted.append(each._replace(at=first_at[key]))
        elif each.code in _RETURNS or (each.code == _LINE and each.order not in occurrences):
            counted.append(each)
    by_day: SumsByDay = {}
    for day, sums in _sum_each(counted):
        by_day[day] = add_sums(by_day.get(day, {}), sums)
    return by_day


def subtract_days(sums: SumsByDay, known: SumsByDay) -> SumsByDay:
    """Subtracts by day. Days without a difference are left out."""
    days = {
        day: add_sums(sums.get(day, {}), _negate(known[day])) if day in known else sums[day]
        for day in sorted({*sums, *known})
    }
    cleaned = {day: drop_zeros(left) if day in known else left for day, left in days.items()}
    return {day: left for day, left in cleaned.items() if left}


def add_sums(first: Sums, second: Sums) -> dict[str, Json]:
    added = dict(first)
    for name, value in second.items():
        if isinstance(value, Mapping):
            known = added.get(name, {})
            added[name] = {**known, **{c: known.get(c, 0) + part for c, part in value.items()}}
        else:
            added[name] = added.get(name, 0) + value
    return added


def drop_zeros(sums: Sums) -> dict[str, Json]:
    """Returns the sums without what is zero."""
    left: dict[str, Json] = {}
    for name, value in sums.items():
        if isinstance(value, Mapping):
            left[name] = {currency: part for currency, part in value.items() if part}
        else:
            left[name] = value
    return {name: value for name, value in left.items() if value}


def _negate(sums: Sums) -> dict[str, Json]:
    return {
        name: {c: -part for c, part in value.items()} if isinstance(value, Mapping) else -value
        for name, value in sums.items()
    }


def _sum_each(occurrences: Iterable[Occurrence]) -> Iterator[tuple[str, Sums]]:
    for each in occurrences:
        count, money = ("returns", "returned") if each.code in _RETURNS else ("count", "spent")
        yield each.day, {count: 1, money: {each.currency: each.amount or 0}}


def _read_occurrence(event: Event) -> tuple[str, Occurrence] | None:
    """Reads the key and the occurrence. A line that only names its order is held by its event."""
    code, properties = _CODES.get(event.type), event.properties
    if code is None:
        return None
    key, order = find_business_key(event), ""
    if code == _LINE and (key or properties.get("order")):
        order = find_order_key(properties)
        key = key or digest(event.id)
    if not key:
        return None
    amount, currency = properties.get("amount"), properties.get("currency")
    return key, Occurrence(
        code=code,
        at=to_milliseconds(event.occurred_at),
        amount=amount if type(amount) is int else None,
        currency=currency if isinstance(currency, str) else "",
        order=order,
    )


def _find_order_key(key: str, occurrence: Occurrence) -> str:
    return occurrence.order or key


def _amount_sort_key(occurrence: Occurrence) -> tuple[bool, int, str]:
    return occurrence.amount is not None, occurrence.amount or 0, occurrence.currency
