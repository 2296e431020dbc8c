"""What was said of a customer, field by field: the latest word holds, in whatever order it came."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hub.kernel.times import to_iso, to_milliseconds
from hub.model.customer import Block, Customer
from hub.model.event import Event

TRAIT_BLOCKS = frozenset(
    {"contact", "person", "place", "loyalty", "interests", "attitudes", "consent"}
)
FREE_BLOCKS = frozenset({"interests", "attitudes"})
"""Whose fields sources name as they like, so that there is no end of them."""
Traits = Mapping[str, Mapping[str, Any]]


def apply_traits(customer: Customer, traits: Traits, said_at: Callable[[str], int]) -> Customer:
    """The customer after `traits` were said of them, each field (`contact.email`) at its time."""
    as_of = dict(customer.as_of)
    blocks: dict[str, Any] = {}
    for block in TRAIT_BLOCKS & traits.keys():
        taken = dict(getattr(customer, block))
        for path, value in _list_fields(block, traits[block]):
            field = ".".join(path)
            if _is_newer(path, value, taken, said_at(field), as_of.get(field)):
                _set_field(taken, path[1:], value)
                as_of[field] = said_at(field)
        blocks[block] = taken
    return customer.with_changes(**blocks, as_of=as_of) if blocks else customer


def apply_event_traits(customer: Customer, event: Event, traits: Traits) -> Customer:
    """The customer after `event` said `traits` of them."""
    if not traits:
        return customer
    at = to_milliseconds(event.effective_at)
    return apply_traits(customer, traits, lambda _: at)


def has_free_fields(customer: Customer) -> bool:
    return bool(customer.interests or customer.attitudes)


def drop_oldest_free_field(customer: Customer) -> Customer:
    """The customer without that field of the free blocks which was said longest ago."""
    fields = [(b, name) for b in sorted(FREE_BLOCKS) for name in getattr(customer, b)]
    said_at = {(b, name): customer.as_of.get(f"{b}.{name}", 0) for b, name in fields}
    block, gone = min(fields, key=lambda field: (said_at[field], field))
    left = {name: value for name, value in getattr(customer, block).items() if name != gone}
    as_of = {name: at for name, at in customer.as_of.items() if name != f"{block}.{gone}"}
    changed: dict[str, Any] = {block: left}
    return customer.with_changes(as_of=as_of, **changed)


def add_consent_proofs(proofs: Mapping[str, str], event: Event) -> Mapping[str, str]:
    """`2026-11-22T12:00:00.000Z given shop e-1`: the greatest is the one that holds, as the latest
    word does and, of two at once, a refusal."""
    said = event.traits.get("consent")
    if not said:
        return proofs
    at, found = to_iso(event.effective_at), dict(proofs)
    for (_, *path), given in _list_fields("consent", said):
        word = f"{at} {'given' if given is True else 'refused'} {event.source} {event.id}"
        name = ".".join(path)
        found[name] = max(word, found.get(name, ""))
    return found


def _list_fields(block: str, values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in values.items():
        if block == "consent" and isinstance(value, Mapping):
            for purpose, given in value.items():
                yield (block, name, purpose), given
        else:
            yield (block, name), value


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


def _set_field(block: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *parents, last = path
    for name in parents:
        block[name] = dict(block.get(name, {}))
        block = block[name]
    block[last] = value
