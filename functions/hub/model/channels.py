"""The channels to customers, with one record for each.

`make schemas` writes the parts of `schemas/` that follow from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

PURPOSES = ("marketing", "service")
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a customer on a channel.

    `field` of `block` is the address that the customer stated. The identities of `namespace` are
    addresses too.
    """

    field: str
    description: str
    namespace: str = ""
    block: str = "contact"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a template's content. `longest` is in characters."""

    name: str
    longest: int = LONGEST_TEXT
    required: bool = True


SUBJECT, TEXT = Part("subject", 500), Part("text")
OPTIONAL_TEXT = Part("text", required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel. On a channel without an address, such as a page, the customer comes to us.

    `takes_messages`: whether the verb `send` may use it. `purposes` are those that need consent.
    `labels` is language -> its name on the preference page; the default is its name, capitalised.
    `shows_address`: whether the preference page shows the address, masked.
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
            # A customer would not recognise the endpoint.
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
            # Others who see the page must not learn where the customer lives.
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
"""The channel of actions that go to systems, not to people."""
WAREHOUSE_CHANNEL = "warehouse"
