"""The addresses at which each channel reaches a customer, and the channels that they prefer."""

from hub.model.channels import CHANNELS, Address
from hub.model.customer import Customer
from hub.model.letter import postal_address


def find_addresses(customer: Customer, channel: str) -> tuple[str, ...]:
    """All at which the customer may be reached there, the best first: the one they gave, then the
    others they are known by. One from which messages came back is none."""
    reached = CHANNELS.get(channel)
    if reached is None or reached.address is None:
        return ()
    others = customer.identities.get(reached.address.namespace, ())
    known: dict[str, str] = {}
    given = _read_given_address(customer, reached.address)
    for address in (given, *others) if given else others:
        known.setdefault(_normalize_address(address), address)
    engaged = customer.engagement.get(channel, {})
    if not (failed := engaged.get("failed")):
        return tuple(known.values())
    works = engaged.get("reached", {})
    return tuple(known[a] for a in known if failed.get(a, "") <= works.get(a, ""))


def _normalize_address(address: str) -> str:
    """As keys are: what they gave may be in any spelling, what came back is told by key."""
    return address.strip().lower()


def _read_given_address(customer: Customer, address: Address) -> str | None:
    """A postal address is all its lines."""
    if address.block == "place":
        return "\n".join(postal_address(customer))
    return customer.contact.get(address.field)


def list_preferred_channels(customer: Customer) -> tuple[str, ...]:
    """The channels the customer asked us to use, the dearest first."""
    said = customer.contact.get("preferred_channels")
    return tuple(said) if isinstance(said, list | tuple) else ()
