"""The CloudEvents SDK is the client: every mode of the HTTP binding ends in a decision."""

import json
from typing import Any
from uuid import uuid4

import pytest
import urllib3
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.e2e.test_tracking import until_decided
from tools.day.hub_driver import HubDriver
from tools.segue.entrances import read_newest_secret
from tools.segue.explanation import explain_customer


def registered(user: str, **attributes: Any) -> CloudEvent:
    return CloudEvent(
        {
            "id": f"r-{user}",
            "type": "com.example.user.registered",
            "source": "https://app.example.com/accounts",
            "datacontenttype": "application/json",
            **attributes,
        },
        {"user": user, "email": f"{user}@example.com", "first_name": "Clara"},
    )


def batched(*events: CloudEvent) -> HTTPMessage:
    body = b"[" + b",".join(JSONFormat().write(event) for event in events) + b"]"
    return HTTPMessage({"content-type": "application/cloudevents-batch+json"}, body)


def post(driver: HubDriver, message: HTTPMessage, key: str = "") -> tuple[int, Any]:
    key = key or read_newest_secret(driver.hub, "app")
    headers = {**message.headers, "authorization": f"Bearer {key}"}
    answer = urllib3.request("POST", f"{driver.hub.api}/events", body=message.body, headers=headers)
    return answer.status, answer.json()


@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event, batched])
def test_an_event_in_any_mode_is_decided_once_however_often_it_comes(
    driver: HubDriver, mode: Any
) -> None:
    user = uuid4().hex[:12]
    message = mode(registered(user))
    first, again = post(driver, message), post(driver, message)
    assert first == again
    assert first[0] == 202
    until_decided(driver, user, "customer.signed_up")


def test_a_batch_of_several_is_as_many_decisions(driver: HubDriver) -> None:
    user = uuid4().hex[:12]
    cart = CloudEvent(
        {
            "type": "com.example.cart.changed",
            "source": "https://app.example.com/carts",
            "datacontenttype": "application/json",
        },
        {"user": user, "cart": f"c-{user}", "lines": [{"quantity": 2}]},
    )
    store = CloudEvent(
        {
            "type": "com.example.store.entered",
            "source": "https://app.example.com/places",
            "datacontenttype": "application/json",
        },
        {"user": user, "store": "014", "city": "London"},
    )
    status, said = post(driver, batched(registered(user), cart, store))
    assert (status, len(said["accepted"])) == (202, 3)
    until_decided(driver, user, "customer.signed_up", "cart.updated", "store.visited")
    assert (
        explain_customer(driver.hub, f"user#{user}", last=1).blocks["place"]["last_store"] == "014"
    )


def test_a_request_without_a_key_learns_nothing(driver: HubDriver) -> None:
    message = to_structured_event(registered("u"))
    refusals = [
        post(driver, message, key) for key in ("strange", read_newest_secret(driver.hub, "shop"))
    ]
    assert refusals == [(401, {"error": "unauthorized"})] * 2


def test_the_answer_names_the_attribute_that_the_application_can_fix(driver: HubDriver) -> None:
    structured = json.loads(to_structured_event(registered("u")).body)
    broken = json.dumps({**structured, "specversion": "0.3"}).encode()
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, broken)
    said = {"error": "is not 1.0, the only supported version", "field": "specversion"}
    assert post(driver, message) == (400, said)
    assert post(driver, HTTPMessage({"content-type": "text/plain"}, b"x"))[0] == 400
