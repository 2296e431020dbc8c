"""The channels on which a customer is spoken to: all that the hub knows of each, in one record.

`make schemas` writes into `schemas/` what follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

PURPOSES = ("marketing", "service")
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel reaches a customer: `field` of `block` is the address that they gave,
    `namespace` that of the identities which are addresses too."""

    field: str
    description: str
    namespace: str = ""
    block: str = "contact"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what a template says. `longest` is in characters."""

    name: str
    longest: int = LONGEST_TEXT
    required: bool = True


SUBJECT, TEXT = Part("subject", 500), Part("text")
OPTIONAL_TEXT = Part("text", required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel without an address is one on which the customer comes to us.

    `takes_messages`: a `send` may go there. `purposes` are those that its consent is asked for.
    `labels` are its names on the preference page by language, where its capitalised name is not
    one; `shows_address`: whether the page tells the address, masked.
    """

    name: str
    address: Address | None = None
    parts: tuple[Part, ...] = (TEXT,)
    takes_messages: bool = True
    purposes: tuple[str, ...] = PURPOSES
    labels: Mapping[str, str] = field(default_factory=dict)
    shows_address: bool = True

    @property
    def is_inbound(self) -> bool:
        return self.address is None

    def label(self, language: str) -> str:
        return self.labels.get(language, self.name.capitalize())


_PHONE = Address("phone", "Telephone number in E.164", "phone")

CHANNELS: Mapping[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel(
            name="email",
            address=Address("email", "E-mail address", "email"),
            parts=(
                SUBJECT,
                Part("preheader", 500, required=False),
                TEXT,
                Part("html", required=False),
                Part("mjml", required=False),
            ),
            labels={"en": "E-mail", "de": "E-Mail"},
        ),
        Channel(name="sms", address=_PHONE, labels={"en": "Text message", "de": "SMS"}),
        Channel(
            name="push",
            address=Address("push", "Push endpoint of their app (an SNS endpoint ARN)", "push"),
            parts=(Part("title", 200), TEXT),
            labels={"en": "Messages in our app", "de": "Nachrichten in unserer App"},
            # The endpoint would tell its owner nothing.
            shows_address=False,
        ),
        Channel(
            name="call",
            address=_PHONE,
            parts=(Part("script"),),
            takes_messages=False,
            labels={"en": "Telephone", "de": "Telefon"},
        ),
        Channel(
            name="letter",
            address=Address("street", "Street and number, in lines", block="place"),
            parts=(SUBJECT, TEXT),
            labels={"de": "Brief"},
            # Where they live would tell others too much.
            shows_address=False,
        ),
        Channel(name="whatsapp", address=_PHONE, labels={"en": "WhatsApp", "de": "WhatsApp"}),
        Channel(
            name="messenger",
            address=Address("messenger", "Page-scoped id on Facebook Messenger", "messenger"),
        ),
        Channel(name="x", address=Address("x", "User id on X", "x")),
        Channel(name="fax", address=Address("fax", "Fax number in E.164")),
        Channel(name="web", parts=(Part("html"), OPTIONAL_TEXT)),
        Channel(name="screen"),
    )
}
OUTBOUND_CHANNELS = tuple(name for name, channel in CHANNELS.items() if not channel.is_inbound)
INBOUND_CHANNELS = tuple(name for name, channel in CHANNELS.items() if channel.is_inbound)
MESSAGE_CHANNELS = tuple(name for name in OUTBOUND_CHANNELS if CHANNELS[name].takes_messages)
CALL_CHANNEL = "call"
CONNECTOR_CHANNEL = "connector"
"""On which actions go to systems, not to people."""
WAREHOUSE_CHANNEL = "warehouse"
