"""The channels on which a customer is spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass


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
