"""Any application may listen: a rule of its own on the hub's bus, and a queue behind it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tools.day.hub_driver import HubDriver
from tools.segue.hub import Hub


@pytest.fixture
def subscription(hub: Hub) -> Iterator[str]:
    """The address of a queue that a rule of its own carries events and decisions to."""
    name, bus = f"listener-{uuid4().hex[:8]}", hub.output("BusName")
    queue = hub.sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = hub.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    pattern = json.dumps({"source": ["segue.event", "segue.decision"]})
    hub.events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
    targets: Any = [{"Id": "queue", "Arn": arn["QueueArn"]}]
    hub.events.put_targets(Rule=name, EventBusName=bus, Targets=targets)
    yield queue
    hub.events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
    hub.events.delete_rule(Name=name, EventBusName=bus)
    hub.sqs.delete_queue(QueueUrl=queue)


def test_an_application_receives_events_and_decisions(
    hub: Hub, driver: HubDriver, subscription: str
) -> None:
    sent = driver.post("crm", "tier-bernd", ".heard")
    heard: dict[str, dict[str, Any]] = defaultdict(dict)

    def listen() -> bool:
        answer = hub.sqs.receive_message(QueueUrl=subscription, MaxNumberOfMessages=10)
        for message in answer.get("Messages", ()):
            record = json.loads(message["Body"])
            name = record["detail"].get("event_id", record["detail"]["id"])
            heard[record["source"]][name] = record
        return all(sent in heard[source] for source in ("segue.event", "segue.decision"))

    driver.wait_for("both are heard", listen)
    event, decision = heard["segue.event"][sent], heard["segue.decision"][sent]
    assert event["detail-type"] == decision["detail-type"] == "customer.updated"
    assert event["detail"]["customer_id"] == decision["detail"]["customer_id"]
    assert decision["detail"]["receipt"]
