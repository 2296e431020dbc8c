"""`engagement`: by channel, what was sent to the customer and what they did about it."""

from hub.kernel.times import iso
from hub.model.customer import Block, Customer
from hub.model.decision import WITHDRAWS
from hub.model.event import Event
from hub.profile.domain.projections.counters import counted

ADDRESSES = 10
UNNAMED = {"message": "sms", "offer": "web"}
"""The channel of what may be on several, where the event does not say."""


def contacted(customer: Customer, event: Event) -> Customer:
    """To withdraw a call is no contact."""
    if WITHDRAWS in event.properties:
        return customer
    channel = event.properties["channel"]
    block = customer.engagement.get(channel, {})
    return _with(customer, channel, counted(block, event, "sent", "last_sent_at"))


def responded(customer: Customer, event: Event) -> Customer:
    """`viewed` and `viewed_at` of the channel on which `offer.viewed` was."""
    channel = _channel(event)
    return _with(customer, channel, _answered(customer.engagement.get(channel, {}), event))


def arrived(customer: Customer, event: Event) -> Customer:
    """As `responded`, and that the address works."""
    channel = _channel(event)
    known = _answered(customer.engagement.get(channel, {}), event)
    return _with(customer, channel, _last_at_address(known, "reached", event))


def failed(customer: Customer, event: Event) -> Customer:
    """An address from which messages come back for good, until one arrives there later."""
    if not event.properties.get("permanent"):
        return customer
    channel = _channel(event)
    known = _last_at_address(customer.engagement.get(channel, {}), "failed", event)
    return _with(customer, channel, known)


def _channel(event: Event) -> str:
    subject = event.type.partition(".")[0]
    return (
        str(event.properties.get("channel") or UNNAMED[subject]) if subject in UNNAMED else subject
    )


def _with(customer: Customer, channel: str, block: Block) -> Customer:
    return customer.but(engagement={**customer.engagement, channel: block})


def _answered(block: Block, event: Event) -> Block:
    what = event.type.rpartition(".")[2]
    return counted(block, event, what, f"{what}_at")


def _last_at_address(block: Block, what: str, event: Event) -> Block:
    address, at = event.identities.get("email"), iso(event.occurred_at)
    if not address:
        return block
    times = {**block.get(what, {}), address: max(block.get(what, {}).get(address, at), at)}
    latest = sorted(times.items(), key=lambda item: (item[1], item[0]))[-ADDRESSES:]
    return {**block, what: dict(sorted(latest))}
