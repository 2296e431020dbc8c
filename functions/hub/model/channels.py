"""The channels on which a customer is spoken to, and where each of them reaches them."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.model.customer import Customer
from hub.model.letter import postal_address


@dataclass(frozen=True, slots=True)
class Channel:
    """`field` of the block is the address they gave, `namespace` that of the identities which are
    addresses too. A channel without a field is one on which the customer comes to us."""

    name: str
    field: str = ""
    namespace: str = ""
    block: str = "contact"

    @property
    def is_inbound(self) -> bool:
        return not self.field


CHANNELS: Mapping[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel("email", "email", "email"),
        Channel("sms", "phone", "phone"),
        Channel("push", "push", "push"),
        Channel("call", "phone", "phone"),
        Channel("letter", "street", block="place"),
        Channel("whatsapp", "phone", "phone"),
        Channel("messenger", "messenger", "messenger"),
        Channel("x", "x", "x"),
        Channel("fax", "fax"),
        Channel("web"),
        Channel("screen"),
    )
}
OUTBOUND_CHANNELS = tuple(name for name, channel in CHANNELS.items() if not channel.is_inbound)
INBOUND_CHANNELS = tuple(name for name, channel in CHANNELS.items() if channel.is_inbound)
MESSAGE_CHANNELS = ("email", "sms", "push", "letter", "whatsapp", "messenger", "x", "fax")
CONNECTOR_CHANNEL = "connector"
"""On which actions go to systems, not to people."""


def find_addresses(customer: Customer, channel: str) -> tuple[str, ...]:
    """All at which the customer may be reached there, the best first: the one they gave, then the
    others they are known by. One from which messages came back is none."""
    reached = CHANNELS.get(channel)
    if reached is None or reached.is_inbound:
        return ()
    others = customer.identities.get(reached.namespace, ())
    known: dict[str, str] = {}
    given = _read_given_address(customer, reached)
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


def _read_given_address(customer: Customer, reached: Channel) -> str | None:
    """A postal address is all its lines."""
    if reached.block == "place":
        return "\n".join(postal_address(customer))
    return customer.contact.get(reached.field)


def preferred_channels(customer: Customer) -> tuple[str, ...]:
    """The channels the customer asked us to use, the dearest first."""
    said = customer.contact.get("preferred_channels")
    return tuple(said) if isinstance(said, list | tuple) else ()
