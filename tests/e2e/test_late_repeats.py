"""A repeat that comes behind more events than a customer remembers still counts once."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from hub.model.event import Event
from tests.e2e.hand_made import make_event
from tools.day.hub_driver import HubDriver
from tools.segue.explanation import read_state

SALES, REPEATED, ENTRIES = 150, 10, 10


def test_the_first_ten_of_150_sales_come_again(driver: HubDriver) -> None:
    customer_id = f"busy-{driver.run_id}"
    sales = [_sale(customer_id, number) for number in range(SALES)]
    driver.accepted["hand"] += SALES + 1
    _send(driver, sales, "first")
    driver.wait_for("all are counted", lambda: _orders(driver, customer_id) == SALES)
    assert read_state(driver.hub, customer_id)["marked"], "some have left the memory"
    _send(driver, sales[:REPEATED], "again")
    _send(driver, [_sale(customer_id, SALES)], "first")
    driver.wait_for("the last is counted", lambda: _orders(driver, customer_id) > SALES)
    assert _orders(driver, customer_id) == SALES + 1


def _sale(customer_id: str, number: int) -> Event:
    money = {"amount": 100, "currency": "GBP"}
    name = f"hand:{customer_id}-{number}"
    return make_event("order.completed", name, customer_id, properties=money)


def _orders(driver: HubDriver, customer_id: str) -> int:
    spent: dict[str, Any] = read_state(driver.hub, customer_id).get("purchases", {})
    return int(spent.get("spent", {}).get("GBP", 0)) // 100


def _send(driver: HubDriver, events: Iterable[Event], turn: str) -> None:
    """Each turn has deduplication ids of its own: the queue forgets them after five minutes."""
    left = iter(events)
    while batch := list(islice(left, ENTRIES)):
        answer = driver.hub.sqs.send_message_batch(
            QueueUrl=driver.hub.output("CustomerQueueUrl"),
            Entries=[
                {
                    "Id": str(index),
                    "MessageBody": json.dumps(event.to_dict()),
                    "MessageGroupId": event.customer_id,
                    "MessageDeduplicationId": f"{turn}-{event.id}".replace(":", "-"),
                }
                for index, event in enumerate(batch)
            ],
        )
        assert not answer.get("Failed")
