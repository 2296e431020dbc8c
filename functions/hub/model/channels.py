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
    def inbound(self) -> bool:
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
OUTBOUND = tuple(name for name, channel in CHANNELS.items() if not channel.inbound)
INBOUND = tuple(name for name, channel in CHANNELS.items() if channel.inbound)
MESSAGES = ("email", "sms", "push", "letter", "whatsapp", "messenger", "x", "fax")
CONNECTOR = "connector"
"""On which actions go to systems, not to people."""


def addresses(customer: Customer, channel: str) -> tuple[str, ...]:
    """All at which the customer may be reached there, the best first: the one they gave, then the
    others they are known by. One from which messages came back is none."""
    reached = CHANNELS.get(channel)
    if reached is None or reached.inbound:
        return ()
    others = customer.identities.get(reached.namespace, ())
    known: dict[str, str] = {}
    given = _given(customer, reached)
    for address in (given, *others) if given else others:
        known.setdefault(_spelled(address), address)
    engaged = customer.engagement.get(channel, {})
    if not (failed := engaged.get("failed")):
        return tuple(known.values())
    works = engaged.get("reached", {})
    return tuple(known[a] for a in known if failed.get(a, "") <= works.get(a, ""))


def _spelled(address: str) -> str:
    """As keys are: what they gave may be in any spelling, what came back is told by key."""
    return address.strip().lower()


def _given(customer: Customer, reached: Channel) -> str | None:
    """A postal address is all its lines."""
    if reached.block == "place":
        return "\n".join(postal_address(customer))
    return customer.contact.get(reached.field)


def preferred(customer: Customer) -> tuple[str, ...]:
    """The channels the customer asked us to use, the dearest first."""
    said = customer.contact.get("preferred_channels")
    return tuple(said) if isinstance(said, list | tuple) else ()
