"""What addresses say themselves: a STOP, a complaint, a failure for good, and what takes it back.

An event states for an address what names its sender by that address alone. Who has the address does
not matter: what it refuses holds for every customer who has it, until it says otherwise.
Postal addresses and fax numbers are no keys, so no event speaks for them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.kernel.contact_details.address_key import make_address_key
from hub.kernel.contact_details.address_refusals import AGREED, DELIVERY, REFUSED
from hub.kernel.times import to_iso
from hub.model.action_trace import read_trace
from hub.model.addresses import find_addresses
from hub.model.channels import CHANNELS, PURPOSES, Address
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.refusal_event import build_refusal
from hub.profile.domain.trait_kinds import find_refusals

EMAIL = "email"
MARKETING = "marketing"
KEYED_ADDRESSES: Mapping[str, Address] = {
    name: channel.address
    for name, channel in CHANNELS.items()
    if channel.address and channel.address.namespace
}
"""The address of each channel on which an address is a key."""
COMPLAINED, FAILED, RECEIVED = "email.complained", "email.failed", "message.received"
ARRIVED = frozenset(
    {COMPLAINED, "email.clicked", "email.delivered", "email.opened", "email.unsubscribed"}
)
"""Each shows that the address works."""
STOP, START = "STOP", "START"


_Word = tuple[str, str, bool, datetime]
"""Channel, purpose, whether the sender agrees, and when they said so."""


@dataclass(frozen=True, slots=True)
class AddressStatement:
    """What an address said of one purpose, or that messages arrive there or do not (`delivery`)."""

    channel: str
    address: str
    purpose: str
    agrees: bool
    at: datetime
    source: str
    event_id: str

    @property
    def key(self) -> str:
        return make_address_key(self.channel, self.address)

    @property
    def proof(self) -> str:
        """The greatest proof of an address and purpose holds (see `AddressRefusals`)."""
        word = AGREED if self.agrees else REFUSED
        return f"{to_iso(self.at)} {word} {self.source} {self.event_id}"


def find_statements(event: Event, sent: Mapping[str, str]) -> list[AddressStatement]:
    """Finds what an address says by this event, whose identities are normalized.

    `sent` is the identities as the source sent them. A key that the hub did not take may still be
    the person who agrees, and not the address."""
    words = [*_find_consent(event, sent), *_find_other_words(event)]
    return [
        AddressStatement(channel, address, purpose, agrees, at, event.source, event.id)
        for channel, purpose, agrees, at in dict.fromkeys(words)
        if (address := event.identities.get(KEYED_ADDRESSES[channel].namespace))
    ]


def is_arrival(statement: AddressStatement) -> bool:
    """Whether it only matters if the address had failed before."""
    return statement.purpose == DELIVERY and statement.agrees


def _find_consent(event: Event, sent: Mapping[str, str]) -> Iterator[_Word]:
    """Yields what senders say who give no other key."""
    has_other_keys = len([value for value in sent.values() if value]) > 1
    for channel, purposes in event.traits.get("consent", {}).items():
        definition = KEYED_ADDRESSES.get(channel)
        if definition and event.identities.keys() == {definition.namespace}:
            for purpose in PURPOSES:
                if isinstance(purposes, Mapping) and purpose in purposes:
                    agrees = purposes[purpose] is True
                    if not (agrees and has_other_keys):
                        said_at = event.find_effective_at(f"consent.{channel}.{purpose}")
                        yield channel, purpose, agrees, said_at


def _find_other_words(event: Event) -> Iterator[_Word]:
    at = event.effective_at
    if event.type == COMPLAINED:
        yield EMAIL, MARKETING, False, at
    if event.type in ARRIVED:
        yield EMAIL, DELIVERY, True, at
    elif event.type == FAILED and event.properties.get("permanent"):
        yield EMAIL, DELIVERY, False, at
    elif event.type == RECEIVED and _read_request(event) in {STOP, START}:
        channel = str(event.properties.get("channel") or "sms")
        if channel in KEYED_ADDRESSES:
            yield channel, MARKETING, _read_request(event) == START, at


def _read_request(event: Event) -> str:
    return str(event.properties.get("asks", "")).upper()


def build_refusal_of_addressee(event: Event) -> Event | None:
    """Builds the event that refuses also for whom the message was for.

    A refusal that names a message of ours may come from an address that is the key of somebody
    else, or of nobody. None if the event refuses nothing, or is of the addressee already."""
    trace = read_trace(event)
    if trace is None or trace.customer_id in {"", event.customer_id}:
        return None
    if not (refused := find_refusals(event.traits)):
        return None
    reason = f"{event.type} about a message to this customer"
    return build_refusal(event, trace.customer_id, refused, reason)


def list_address_keys(
    customer: Customer,
    events: Iterable[Event] = (),
    channels: Sequence[str] = tuple(KEYED_ADDRESSES),
) -> set[str]:
    """Lists the keys of the addresses that the customer has, or will have after the events."""
    events = tuple(events)
    return {
        make_address_key(channel, address)
        for channel in channels
        for address in (
            *find_addresses(customer, channel),
            *_list_new_addresses(events, KEYED_ADDRESSES[channel]),
        )
    }


def _list_new_addresses(events: Sequence[Event], definition: Address) -> Iterator[str]:
    for event in events:
        stated = event.traits.get(definition.block, {}).get(definition.field)
        for address in (event.identities.get(definition.namespace), stated):
            if isinstance(address, str) and address:
                yield address
