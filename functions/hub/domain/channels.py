"""The channels on which a customer is spoken to, and where each of them reaches them."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.customer import Customer


@dataclass(frozen=True, slots=True)
class Channel:
    """`field` of `customer.contact` is the address they gave, `namespace` that of the identities
    which are addresses too. A channel without a field is one on which the customer comes to us."""

    name: str
    field: str = ""
    namespace: str = ""

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
        Channel("web"),
        Channel("screen"),
    )
}
OUTBOUND = tuple(name for name, channel in CHANNELS.items() if not channel.inbound)
INBOUND = tuple(name for name, channel in CHANNELS.items() if channel.inbound)
MESSAGES = ("email", "sms", "push")


def addresses(customer: Customer, channel: str) -> tuple[str, ...]:
    """All at which the customer may be reached there, the best first: the one they gave, then the
    others they are known by. One from which messages came back is none."""
    reached = CHANNELS.get(channel)
    if reached is None or reached.inbound:
        return ()
    given = customer.contact.get(reached.field)
    others = customer.identities.get(reached.namespace, ())
    known: dict[str, str] = {}
    for address in (*([given] if given else []), *others):
        known.setdefault(_spelled(address), address)
    engaged = customer.engagement.get(channel, {})
    failed, works = engaged.get("failed", {}), engaged.get("reached", {})
    return tuple(known[a] for a in known if failed.get(a, "") <= works.get(a, ""))


def _spelled(address: str) -> str:
    """As keys are: what they gave may be in any spelling, what came back is told by key."""
    return address.strip().lower()


def preferred(customer: Customer) -> tuple[str, ...]:
    """The channels the customer asked us to use, the dearest first."""
    said = customer.contact.get("preferred_channels")
    return tuple(said) if isinstance(said, list | tuple) else ()
