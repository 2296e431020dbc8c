"""What an event may state, by the level of trust of whoever stated it.

A public key stands in a page or an app, so anybody may send anything with it. Such an event belongs
to the visitor whose browser or app made its random key, and to nobody else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from hub.kernel.errors import Rejected
from hub.kernel.event_type_names import to_event_type
from hub.kernel.json_types import JsonObject
from hub.model.channels import CHANNELS
from hub.model.event import LEFT_OUT, Event
from hub.model.trust import PERSONAL_TYPES, TRACKED, Trust, is_public_type
from hub.profile.domain.trait_kinds import CONSENT, find_refusals, list_fields

SERVER_BLOCKS = frozenset({"loyalty"})
"""The blocks of the profile that only a trusted source may state."""
_ADDRESSES: Mapping[str, str] = {
    address.field: address.namespace
    for channel in CHANNELS.values()
    if (address := channel.address) and address.namespace
}
"""The field of the block `contact` -> the namespace of which it is a key."""

Normalize = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Puts identities in their one spelling, and leaves out those that name nobody."""


def apply_trust_level(
    event: Event, proven: Mapping[str, str], bearers: Sequence[str], normalize: Normalize
) -> Event:
    """Returns the event with what its level of trust lets it state.

    `proven` are the identities that a proof names. `bearers` are the namespaces of random keys that
    browsers and apps make, the first that an event has counts. All other identities become
    `unproven`. What does not count is named in the context under `left_out`. Raises `Rejected` for
    an event that names neither.
    """
    if event.trust is Trust.TRUSTED:
        return event
    own = _select_own_keys(event, proven, bearers)
    if not own:
        raise Rejected(
            f"has neither {' nor '.join(bearers)}, and a public key speaks for no other identity: "
            "use a secret server key or a signed identity",
            "identities",
        )
    event, problems = _settle_type(event)
    traits, ignored = _settle_traits(event, normalize(own), normalize)
    unproven = {name: value for name, value in event.identities.items() if own.get(name) != value}
    settled = replace(event, identities=own, unproven=unproven, traits=traits)
    return note_left_out(settled, {**problems, **ignored})


def note_left_out(event: Event, problems: Mapping[str, str]) -> Event:
    """Adds fields of the source that do not count, with the reasons."""
    if not problems:
        return event
    left_out = {**event.context.get(LEFT_OUT, {}), **problems}
    return replace(event, context={**event.context, LEFT_OUT: left_out})


def _select_own_keys(
    event: Event, proven: Mapping[str, str], bearers: Sequence[str]
) -> dict[str, str]:
    bearer = next((name for name in bearers if event.identities.get(name)), None)
    random_key = {bearer: event.identities[bearer]} if bearer else {}
    return {**random_key, **(proven if event.trust.proves_person else {})}


def _settle_type(event: Event) -> tuple[Event, dict[str, str]]:
    """Behaviour keeps its type. Any other event becomes behaviour: `track.order_completed`."""
    is_personal = event.trust.proves_person and event.type in PERSONAL_TYPES
    if is_personal or is_public_type(event.type):
        return event, {}
    behaviour = to_event_type(TRACKED, event.type.replace(".", "_"))
    reason = f"{event.type} needs a trusted source; it counts as {behaviour}"
    return replace(event, type=behaviour), {"type": reason}


def _settle_traits(
    event: Event, own: Mapping[str, str], normalize: Normalize
) -> tuple[dict[str, JsonObject], dict[str, str]]:
    traits: dict[str, JsonObject] = {}
    problems: dict[str, str] = {}
    for block, values in event.traits.items():
        if block in SERVER_BLOCKS:
            problems[block] = "needs a trusted source"
        elif block == CONSENT and not event.trust.proves_person:
            traits[block] = find_refusals(event.traits)
            if any(agreed for _, agreed in list_fields(CONSENT, values)):
                problems[block] = "an agreement needs a proof of who the person is"
        elif block == "contact" and event.trust.proves_person:
            unproven = dict(_find_unproven_addresses(values, own, normalize))
            problems |= unproven
            kept = {n: v for n, v in values.items() if f"{block}.{n}" not in unproven}
            traits[block] = kept
        else:
            traits[block] = values
    return {block: values for block, values in traits.items() if values}, problems


def _find_unproven_addresses(
    values: JsonObject, own: Mapping[str, str], normalize: Normalize
) -> Iterator[tuple[str, str]]:
    """Yields the addresses that are not those of the proof: messages would go to them."""
    for name, value in values.items():
        namespace = _ADDRESSES.get(name)
        if namespace and normalize({namespace: str(value)}).get(namespace) != own.get(namespace):
            yield f"contact.{name}", "is not in the proof of who the person is"
