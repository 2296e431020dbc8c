"""The addresses of a customer on each channel, and the channels that the customer prefers."""

from collections.abc import Mapping

from hub.kernel.contact_details.address_key import normalize_address
from hub.model.channels import CHANNELS, Address
from hub.model.customer import Customer
from hub.model.letter import postal_address
from hub.model.trust import Trust


def find_addresses(customer: Customer, channel: str) -> tuple[str, ...]:
    """Finds the customer's addresses on the channel, the best first.

    The stated address comes first, then those of the identities. An address that failed for good is
    left out, and so is one that only a public source states.
    """
    definition = CHANNELS.get(channel)
    if definition is None or definition.address is None:
        return ()
    addresses = customer.identities.get(definition.address.namespace, ())
    if stated := _read_stated_address(customer, definition.address):
        addresses = (stated, *(address for address in addresses if address != stated))
    engagement = customer.engagement.get(channel, {})
    if not addresses[1:] and not engagement.get("failed"):
        return tuple(addresses)
    by_key: dict[str, str] = {}
    for address in addresses:
        by_key.setdefault(normalize_address(address), address)
    if not engagement.get("failed"):
        return tuple(by_key.values())
    failed = _list_times_by_key(engagement["failed"])
    reached = _list_times_by_key(engagement.get("reached", {}))
    return tuple(by_key[key] for key in by_key if failed.get(key, "") <= reached.get(key, ""))


def _list_times_by_key(times: Mapping[str, str]) -> dict[str, str]:
    """The latest time of each address, by its key."""
    latest: dict[str, str] = {}
    for address, at in times.items():
        key = normalize_address(address)
        latest[key] = max(at, latest.get(key, ""))
    return latest


def _read_stated_address(customer: Customer, address: Address) -> str | None:
    """Returns the address that the customer stated. A postal address is all its lines."""
    if address.block == "place":
        lines = (field for field in customer.levels if field.startswith("place."))
        proven = all(_is_proven(customer, field) for field in lines)
        return "\n".join(postal_address(customer)) if proven else None
    if not _is_proven(customer, f"contact.{address.field}"):
        return None
    stated = customer.contact.get(address.field)
    return stated if isinstance(stated, str) else None


def _is_proven(customer: Customer, field: str) -> bool:
    """Whether the field may be an address: nobody is written to where only a public source says
    that they are."""
    return Trust(customer.levels.get(field, Trust.TRUSTED)).proves_person


def list_preferred_channels(customer: Customer) -> tuple[str, ...]:
    """The channels that the customer prefers, the most preferred first."""
    channels = customer.contact.get("preferred_channels")
    stated = channels if isinstance(channels, list | tuple) else ()
    return tuple(channel for channel in stated if isinstance(channel, str))
