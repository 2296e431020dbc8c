"""What is said of things is noted, and nobody is asked who they are."""

from typing import Any

from hub.kernel.queue_message import QueueMessage
from hub.model.inbound_payload import InboundPayload
from tests.factories import NOON
from tests.in_memory import InMemoryHub

SIGN_UP = {
    "type": "customer.created",
    "created_at": "2026-11-22T09:00:00Z",
    "data": {"id": "ann", "email": "ann@example.com"},
}


def a_level(name: str, counted_at: str = "09:30:00", available: int = 12) -> dict[str, Any]:
    return {"sku": name, "available": available, "counted_at": f"2026-11-22T{counted_at}Z"}


def message(number: int, payload: Any, source: str = "stock") -> QueueMessage:
    delivery = InboundPayload(
        id=f"m-{number}",
        source=source,
        received_at=NOON,
        correlation_id=f"{source}:m-{number}",
        payload=payload,
    )
    return QueueMessage(str(number), {"source": "segue.raw", "detail": delivery.to_dict()})


def test_a_feed_changes_the_surroundings_and_no_customer() -> None:
    hub = InMemoryHub()
    feed = [message(1, a_level("cup")), message(2, a_level("pot", available=0))]
    assert hub.normalize(feed) == {}
    assert {name: fact["available"] for name, fact in hub.things.read()["stock"].items()} == {
        "cup": 12,
        "pot": 0,
    }
    assert (hub.queue.events, hub.identities.items, hub.parked.items) == ([], {}, {})
    assert [(kind, detail["type"]) for kind, detail in hub.bus.published] == [
        ("segue.event", "stock.changed")
    ] * 2


def test_what_comes_late_or_again_changes_nothing_and_is_counted_once() -> None:
    hub = InMemoryHub()
    late = message(2, a_level("cup", counted_at="08:00:00", available=99))
    for _ in range(2):
        assert hub.normalize([message(1, a_level("cup")), late]) == {}
    assert hub.things.read()["stock"]["cup"]["available"] == 12
    assert hub.things.counted == {"stock:m-1": "stock", "stock:m-2": "stock"}


def test_people_and_things_come_in_one_batch() -> None:
    hub = InMemoryHub()
    batch = [message(1, SIGN_UP, "shop"), message(2, a_level("cup")), message(3, {"sku": 7})]
    assert hub.normalize(batch) == {}
    assert [event.type for event in hub.queue.events] == ["customer.signed_up"]
    assert list(hub.things.read()["stock"]) == ["cup"]
    [parked] = hub.parked.items.values()
    assert (parked.delivery.id, parked.reason) == ("m-3", "is missing")
