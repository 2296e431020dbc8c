"""Applies traits to a customer. Of each field the latest value holds, in any order of arrival.

What a vouched or trusted source stated is never replaced by what a public one states, however late.
A refusal of consent counts from anybody; a public agreement counts from nobody.
"""

from collections.abc import Callable, Container, Iterator, Mapping

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import to_iso, to_milliseconds
from hub.model.calendar_day import drop_midnight
from hub.model.customer import Block, Customer
from hub.model.event import Event
from hub.model.trust import Trust
from hub.profile.domain.trait_kinds import CONSENT, list_fields

TRAIT_BLOCKS = frozenset(
    {"contact", "person", "place", "loyalty", "interests", "attitudes", "consent"}
)
FREE_BLOCKS = frozenset({"interests", "attitudes"})
"""The blocks whose fields sources name freely, so that their number has no limit."""
DAY_FIELDS = frozenset({("person", "birthday"), ("person", "anniversary"), ("loyalty", "since")})
"""The fields that are days: a midnight in them is the date with which it is written."""
Traits = Mapping[str, JsonObject]


def _is_trusted(_field: str) -> Trust:
    return Trust.TRUSTED


def apply_traits(
    customer: Customer,
    traits: Traits,
    said_at: Callable[[str], int],
    trust_of: Callable[[str], Trust] = _is_trusted,
) -> Customer:
    """Returns the customer with the traits that are newer than the present values.

    `said_at` gives the millisecond at which a source stated a field (`contact.email`), and
    `trust_of` the level of that source. Values of a kind that the hub does not read there are left
    out: see `trait_kinds.find_ignored_traits`.
    """
    as_of, levels = dict(customer.as_of), dict(customer.levels)
    blocks: dict[str, Json] = {}
    for name in TRAIT_BLOCKS & traits.keys():
        block = dict(getattr(customer, name))
        for path, value in _list_fields(name, traits[name]):
            field = ".".join(path)
            is_refusal = name == CONSENT and value is not True
            trust = Trust.TRUSTED if is_refusal else trust_of(field)
            if name == CONSENT and not trust.proves_person:
                continue
            present_at, present = as_of.get(field), _read_level(levels, field)
            if present_at is not None and present.proves_person != trust.proves_person:
                if present.proves_person:
                    continue
                present_at = None
            if _is_newer(path, value, block, said_at(field), present_at):
                _set_field(block, path[1:], value)
                as_of[field] = said_at(field)
                _set_level(levels, field, trust)
        blocks[name] = block
    return customer.with_changes(**blocks, as_of=as_of, levels=levels) if blocks else customer


def find_trust(customer: Customer, field: str) -> Trust:
    """Finds the level of the source that stated the field (`contact.email`)."""
    return _read_level(customer.levels, field)


def _read_level(levels: Mapping[str, str], field: str) -> Trust:
    return Trust(levels.get(field, Trust.TRUSTED))


def _set_level(levels: dict[str, str], field: str, trust: Trust) -> None:
    """Only levels below `trusted` are stored: most sources are servers."""
    levels.pop(field, None)
    if trust is not Trust.TRUSTED:
        levels[field] = trust.value


def apply_event_traits(customer: Customer, event: Event, traits: Traits) -> Customer:
    """Returns the customer with `traits`, each field as of the time at which `event` states it."""
    if not traits:
        return customer
    return apply_traits(
        customer,
        traits,
        lambda field: to_milliseconds(event.find_effective_at(field)),
        lambda _: event.trust,
    )


def drop_fields(customer: Customer, block: str, names: Container[str]) -> Customer:
    """Returns the customer without these fields of a block, and what is known of them."""
    gone = {f"{block}.{name}" for name in getattr(customer, block) if name in names}
    kept: dict[str, Json] = {
        name: value for name, value in getattr(customer, block).items() if name not in names
    }
    return customer.with_changes(
        as_of={name: at for name, at in customer.as_of.items() if name not in gone},
        levels={name: level for name, level in customer.levels.items() if name not in gone},
        **{block: kept},
    )


def add_consent_proofs(proofs: Mapping[str, str], event: Event) -> Mapping[str, str]:
    """Adds the proofs of the consent in the event.

    A proof is a text such as `2026-11-22T12:00:00.000Z given shop e-1`. The greatest proof holds:
    the latest one and, of two at one time, a refusal.
    """
    consent = event.traits.get("consent")
    if not consent:
        return proofs
    updated = dict(proofs)
    for (block, *path), agreed in _list_fields("consent", consent):
        if agreed is True and not event.trust.proves_person:
            continue
        name = ".".join(path)
        at = to_iso(event.find_effective_at(f"{block}.{name}"))
        proof = f"{at} {'given' if agreed is True else 'refused'} {event.source} {event.id}"
        updated[name] = max(proof, updated.get(name, ""))
    return updated


def _list_fields(block: str, values: JsonObject) -> Iterator[tuple[tuple[str, ...], Json]]:
    for path, value in list_fields(block, values):
        is_text_of_day = path in DAY_FIELDS and isinstance(value, str)
        yield path, drop_midnight(value) if is_text_of_day else value


def _is_newer(
    path: tuple[str, ...], value: Json, block: Block, said_at: int, present_at: int | None
) -> bool:
    """Whether the value replaces the present one: it is later or, if both are of one millisecond,
    it refuses consent or is the greater one."""
    if present_at is None or said_at != present_at:
        return present_at is None or said_at > present_at
    present: Json = block
    for name in path[1:]:
        present = present.get(name) if isinstance(present, Mapping) else None
    if path[0] == "consent":
        return bool(present) and not value
    return (type(value).__name__, str(value)) > (type(present).__name__, str(present))


def _set_field(block: dict[str, Json], path: tuple[str, ...], value: Json) -> None:
    *parents, last = path
    for name in parents:
        members = block.get(name)
        block[name] = dict(members) if isinstance(members, Mapping) else {}
        block = block[name]
    block[last] = value
