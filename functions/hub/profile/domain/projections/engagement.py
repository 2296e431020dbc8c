"""The block `engagement`: by channel, messages to the customer and the customer's reactions."""

from hub.kernel.times import to_iso
from hub.model.action_content import WITHDRAWN_ACTION
from hub.model.customer import Block, Customer
from hub.model.event import Event
from hub.profile.domain.projections.counters import count_event

MAX_ADDRESSES = 10
DEFAULT_CHANNELS = {"message": "sms", "offer": "web"}
"""The subject of an event type -> its channel, if the event does not name one."""


def count_sent_message(customer: Customer, event: Event) -> Customer:
    """Counts a sent message. The withdrawal of a call is not counted."""
    if WITHDRAWN_ACTION in event.properties:
        return customer
    channel = event.properties["channel"]
    block = customer.engagement.get(channel, {})
    return _set_channel(customer, channel, count_event(block, event, "sent", "last_sent_at"))


def count_response(customer: Customer, event: Event) -> Customer:
    """Counts a reaction on its channel: `offer.viewed` changes `viewed` and `viewed_at`."""
    channel = _find_channel(event)
    return _set_channel(
        customer, channel, _count_reaction(customer.engagement.get(channel, {}), event)
    )


def count_arrival(customer: Customer, event: Event) -> Customer:
    """Counts a reaction as `count_response` does, and records that the address works."""
    channel = _find_channel(event)
    block = _count_reaction(customer.engagement.get(channel, {}), event)
    return _set_channel(customer, channel, _record_address_time(block, "reached", event))


def record_failed_address(customer: Customer, event: Event) -> Customer:
    """Records an address that failed for good. It counts until a later message arrives there."""
    if not event.properties.get("permanent"):
        return customer
    channel = _find_channel(event)
    block = _record_address_time(customer.engagement.get(channel, {}), "failed", event)
    return _set_channel(customer, channel, block)


def _find_channel(event: Event) -> str:
    subject = event.type.partition(".")[0]
    return (
        str(event.properties.get("channel") or DEFAULT_CHANNELS[subject])
        if subject in DEFAULT_CHANNELS
        else subject
    )


def _set_channel(customer: Customer, channel: str, block: Block) -> Customer:
    return customer.with_changes(engagement={**customer.engagement, channel: block})


def _count_reaction(block: Block, event: Event) -> Block:
    what = event.type.rpartition(".")[2]
    return count_event(block, event, what, f"{what}_at")


def _record_address_time(block: Block, what: str, event: Event) -> Block:
    address, at = event.identities.get("email"), to_iso(event.occurred_at)
    if not address:
        return block
    times = {**block.get(what, {}), address: max(block.get(what, {}).get(address, at), at)}
    latest = sorted(times.items(), key=lambda item: (item[1], item[0]))[-MAX_ADDRESSES:]
    return {**block, what: dict(sorted(latest))}
