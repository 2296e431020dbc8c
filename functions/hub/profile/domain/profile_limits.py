"""How much room one customer has, and what gives way if something needs more.

A stored customer is at most `MOST_STATE` bytes. Nothing that a sender repeats, however often, keeps
a refusal, an erasure or a purchase from being stored: what the hub needs less gives way. From
`STATE_LIMIT` on the sums of old days of sales are put together and the oldest fields of the free
blocks are dropped. From `HARD_LIMIT` on entries are dropped, in the order of `_GIVING_WAY`, until
the customer fits.

What never gives way is bounded in itself: consent of the hub's channels, sums of purchases by
currency of ISO 4217, the ids of the last events.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hub.kernel.json_types import Json
from hub.model.channels import CHANNELS, PURPOSES
from hub.model.contact_history import ContactHistory
from hub.model.customer import Customer
from hub.model.day_series import find_last_day
from hub.profile.domain import mart_totals
from hub.profile.domain.json_size import measure_json
from hub.profile.domain.trait_kinds import CONSENT, TEXT_FIELDS, TEXT_LIST_FIELDS
from hub.profile.domain.traits import FREE_BLOCKS, TRAIT_BLOCKS

STATE_LIMIT = 24_000
"""The bytes of a stored customer from which on the oldest free fields are dropped. Twice what half
of the heavy customers of the bench take."""
HARD_LIMIT = 48_000
"""The bytes from which on everything gives way that can. The largest customer of the bench takes
less than half."""
MOST_STATE = 60 * 1024
"""The most bytes of a stored customer."""

Size = Callable[[Customer], int]


class Entry(NamedTuple):
    """One entry of a customer that may be dropped, the one of the smallest `order` first. It takes
    at most `size` bytes. `path` is the attribute of the customer and the names within it."""

    order: tuple[int, ...]
    path: tuple[str, ...]
    size: int


def trim_to_limit(customer: Customer, size: Size, limit: int) -> Customer:
    """Drops detail until the customer is within `limit`, and whatever is needed to be within
    `HARD_LIMIT`.

    Within `limit` facts on which conditions and gates rest stay, and so do totals.
    """
    if size(customer) > limit:
        customer = mart_totals.fold_old_days(customer)
        customer = _drop_entries(customer, size, limit, _list_free_fields)
    if size(customer) <= HARD_LIMIT:
        return customer
    customer = mart_totals.fold_all_days(customer)
    for list_entries in _GIVING_WAY:
        customer = _drop_entries(customer, size, HARD_LIMIT, list_entries)
    return customer


def _drop_entries(
    customer: Customer,
    size: Size,
    limit: int,
    list_entries: Callable[[Customer], Iterable[Entry]],
) -> Customer:
    """Drops as few entries as bring the customer within `limit`, or all of them.

    An entry may take less than its `size`. So the customer is measured again after the entries that
    should be enough.
    """
    if size(customer) <= limit:
        return customer
    entries = deque(sorted(list_entries(customer)))
    while entries and (excess := size(customer) - limit) > 0:
        dropped: list[Entry] = []
        while entries and excess > 0:
            dropped.append(entries.popleft())
            excess -= dropped[-1].size
        customer = _without(customer, dropped)
    return customer


def _without(customer: Customer, entries: Iterable[Entry]) -> Customer:
    """Returns the customer without the entries, and without the times as of which they hold."""
    by_attribute: dict[str, list[tuple[str, ...]]] = {}
    for entry in entries:
        attribute, *names = entry.path
        by_attribute.setdefault(attribute, []).append(tuple(names))
    changed: dict[str, Any] = {}
    for attribute, paths in by_attribute.items():
        block = getattr(customer, attribute)
        if isinstance(block, ContactHistory):
            changed[attribute] = block.without_entries(paths)
        else:
            changed[attribute] = _remove(block, paths)
    fields = {".".join(entry.path) for entry in entries if entry.path[0] in TRAIT_BLOCKS}
    if fields:
        for attribute in ("as_of", "levels"):
            known = getattr(customer, attribute)
            changed[attribute] = {name: each for name, each in known.items() if name not in fields}
    return customer.with_changes(**changed)


def _remove(block: Mapping[str, Any], paths: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    by_name: dict[str, list[tuple[str, ...]]] = {}
    for name, *rest in paths:
        by_name.setdefault(name, []).append(tuple(rest))
    kept = {name: value for name, value in block.items() if name not in by_name}
    for name, rests in by_name.items():
        value = block.get(name)
        if () in rests or value is None:
            continue
        if isinstance(value, Mapping):
            left: Any = _remove(value, rests)
        else:
            gone = {rest[0] for rest in rests}
            left = type(value)(item for item in value if item not in gone)
        if left:
            kept[name] = left
    return kept


def _measure(name: str, value: Json) -> int:
    return measure_json({name: value}) - 1


def _list_free_fields(customer: Customer) -> Iterator[Entry]:
    """The fields of the free blocks, the oldest first."""
    for block in sorted(FREE_BLOCKS):
        yield from _list_fields(customer, block, _age)


def _list_named_fields(customer: Customer) -> Iterator[Entry]:
    """The fields of the other blocks of traits that only the sender knows, the oldest first."""
    for block in sorted(TRAIT_BLOCKS - FREE_BLOCKS - {CONSENT}):
        for entry in _list_fields(customer, block, _age):
            if ".".join(entry.path) not in TEXT_FIELDS | TEXT_LIST_FIELDS:
                yield entry


def _list_known_fields(customer: Customer) -> Iterator[Entry]:
    """The other fields of traits, the largest first."""
    for block in sorted(TRAIT_BLOCKS - FREE_BLOCKS - {CONSENT}):
        yield from _list_fields(customer, block, _greatness)


def _list_fields(
    customer: Customer, block: str, rank: Callable[[int, int], tuple[int, ...]]
) -> Iterator[Entry]:
    for name, value in getattr(customer, block).items():
        field = f"{block}.{name}"
        at, size = customer.as_of.get(field), _measure(name, value)
        size += 0 if at is None else _measure(field, at)
        yield Entry(rank(at or 0, size), (block, name), size)


def _age(at: int, _size: int) -> tuple[int, ...]:
    return (at,)


def _greatness(_at: int, size: int) -> tuple[int, ...]:
    return (-size,)


def _list_unknown_channels(customer: Customer) -> Iterator[Entry]:
    """The reactions on channels that the hub does not have, the largest first."""
    for channel, reactions in customer.engagement.items():
        if channel not in CHANNELS:
            size = _measure(channel, reactions)
            yield Entry((-size,), ("engagement", channel), size)


def _list_amounts(customer: Customer) -> Iterator[Entry]:
    """The sums by day, of the type and currency first that did not come for the longest time."""
    for event_type, sums in customer.amounts.items():
        for currency, days in sums.items():
            size = _measure(currency, list(days))
            yield Entry((find_last_day(days),), ("amounts", event_type, currency), size)


def _list_activity(customer: Customer) -> Iterator[Entry]:
    """The counts and times of event types, of the one first that did not come for the longest
    time."""
    for event_type in sorted({*customer.recent, *customer.activity}):
        times = customer.recent.get(event_type, ())
        for attribute in ("activity", "recent"):
            if values := getattr(customer, attribute).get(event_type):
                size = _measure(event_type, list(values))
                yield Entry((max(times, default=0),), (attribute, event_type), size)


def _list_contacts(customer: Customer) -> Iterator[Entry]:
    """What pages showed, and what was reached or dismissed, the largest entries first."""
    history = customer.contact_history
    for member in ("page_contacts", "goals", "suppressed", "offers"):
        for name, value in getattr(history, member).items():
            size = _measure(name, value)
            yield Entry((-size,), ("contact_history", member, name), size)


def _list_attribution(customer: Customer) -> Iterator[Entry]:
    """The lines of sales and the messages to which they may be attributed."""
    for part, entries in customer.owing.items():
        yield Entry((len(entries),), ("owing", part), _measure(part, entries))


def _list_business_keys(customer: Customer) -> Iterator[Entry]:
    """The sales, returns and payments that are known by a business key, the oldest first."""
    for key, stored in customer.business_keys.items():
        yield Entry((stored[1],), ("business_keys", key), _measure(key, list(stored)))


def _list_mart_rows(customer: Customer) -> Iterator[Entry]:
    """The rows of the mart, the largest first. Their totals stay in the block `purchases`."""
    for key, row in mart_totals.mart_rows(customer).items():
        size = _measure(key, row)
        yield Entry((-size,), ("mart", "rows", key), size)


def _list_identities(customer: Customer) -> Iterator[Entry]:
    """The customer's keys, the largest first. The table of identities keeps them all."""
    for namespace, values in customer.identities.items():
        for value in values:
            size = measure_json(value)
            yield Entry((-size,), ("identities", namespace, value), size)


def _list_unknown_consent(customer: Customer) -> Iterator[Entry]:
    """What was said of channels and purposes that the hub does not have: agreements first."""
    for channel, purposes in customer.consent.items():
        for purpose, agreed in purposes.items():
            if channel not in CHANNELS or purpose not in PURPOSES:
                at = customer.as_of.get(f"{CONSENT}.{channel}.{purpose}", 0)
                size = _measure(f"{CONSENT}.{channel}.{purpose}", at) + _measure(purpose, agreed)
                yield Entry((0 if agreed else 1,), (CONSENT, channel, purpose), size)
    for name, proof in customer.proofs.items():
        channel, _, purpose = name.rpartition(".")
        if channel not in CHANNELS or purpose not in PURPOSES:
            is_given = " given " in proof
            yield Entry((0 if is_given else 1,), ("proofs", name), _measure(name, proof))


def _list_reached_addresses(customer: Customer) -> Iterator[Entry]:
    """The addresses at which messages arrived or failed, the largest first."""
    for channel, reactions in customer.engagement.items():
        for what, value in reactions.items():
            if isinstance(value, Mapping):
                size = _measure(what, value)
                yield Entry((-size,), ("engagement", channel, what), size)


_GIVING_WAY: tuple[Callable[[Customer], Iterable[Entry]], ...] = (
    _list_named_fields,
    _list_unknown_channels,
    _list_amounts,
    _list_activity,
    _list_reached_addresses,
    _list_contacts,
    _list_unknown_consent,
    _list_identities,
    _list_known_fields,
    _list_attribution,
    _list_business_keys,
    _list_mart_rows,
)
