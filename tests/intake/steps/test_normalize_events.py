"""A payload that the entrance could not take is parked with its reason, and its neighbours live."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kernel.queue_message import QueueMessage
from hub.model.inbound_payload import InboundPayload
from hub.model.trust import Trust
from tests.factories import NOON
from tests.in_memory import InMemoryHub

GOOD = {"type": "page", "anonymousId": "a-1", "messageId": "m", "timestamp": "2026-11-22T11:00:00Z"}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=5))
def test_only_what_has_a_fault_is_parked(faults: list[bool]) -> None:
    hub = InMemoryHub()
    payloads = [
        InboundPayload(
            id=f"d-{number}",
            source="segment",
            received_at=NOON,
            correlation_id="k-1",
            payload=GOOD,
            fault="has more than 32768 bytes" if is_faulty else "",
            fault_field=f"batch.{number}" if is_faulty else "",
        )
        for number, is_faulty in enumerate(faults)
    ]
    envelopes = [{"source": "segue.raw", "detail": payload.to_dict()} for payload in payloads]
    messages = [QueueMessage(id=str(n), body=body) for n, body in enumerate(envelopes)]
    assert hub.normalize(messages) == {}
    items = hub.parked.items.values()
    parked = {(item.delivery.id, item.field, item.reason) for item in items}
    assert parked == {(p.id, p.fault_field, p.fault) for p in payloads if p.fault}
    assert len(hub.queue.events) == faults.count(False)
    assert all(InboundPayload.from_dict(p.to_dict()) == p for p in payloads)


def send_order(currency: str, revenue: float = 10) -> InMemoryHub:
    hub = InMemoryHub()
    properties = {"order_id": "o-1", "revenue": revenue, "currency": currency}
    message = {**GOOD, "type": "track", "event": "Order Completed", "properties": properties}
    hub.push(
        InboundPayload(
            id="d-1",
            source="segment",
            received_at=NOON,
            correlation_id="k-1",
            payload=message,
            trust=Trust.TRUSTED,
        )
    )
    return hub


@pytest.mark.parametrize(
    ("currency", "revenue", "field"),
    [("XQQ", 10, "properties.currency"), ("EUR", 10**12, "properties.amount")],
)
def test_money_that_no_profile_can_hold_is_parked_with_the_field(
    currency: str, revenue: float, field: str
) -> None:
    [item] = send_order(currency, revenue=revenue).parked.items.values()
    assert item.field == field


@pytest.mark.parametrize("currency", ["EUR", "JPY", "XTS"])
def test_money_in_a_currency_of_iso_4217_is_decided(currency: str) -> None:
    hub = send_order(currency)
    assert hub.parked.items == {}
    assert [decision.event_type for decision in hub.customers.decided] == ["order.completed"]
