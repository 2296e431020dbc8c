"""The entrances that do not name their source: the tracking API and CloudEvents."""

import json
from base64 import b64encode

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Unauthorized
from hub.kernel.safe_id import to_opaque_id
from tests.intake.steps.test_receive_webhook import Entrance

KEY = "write-key-of-the-shop"
ADDRESS = "https://hub.example.com/v1/"


def basic(user: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{user}:'.encode()).decode()}"}


def tracked(message: object, headers: dict[str, str], call: str = "track") -> Entrance:
    entrance = Entrance(secrets={"segment": [KEY]})
    sent = SignedRequest(json.dumps(message).encode(), headers, url=ADDRESS + call)
    entrance.take("segment", sent)
    return entrance


def test_the_write_key_stands_in_the_header_or_in_the_body() -> None:
    by_header = tracked({"messageId": "m"}, basic(KEY))
    by_body = tracked({"messageId": "m", "writeKey": KEY}, {})
    assert by_header.bus.payloads == by_body.bus.payloads
    assert by_body.bus.payloads[0].payload == {"messageId": "m", "type": "track"}
    assert by_body.bus.payloads[0].id == to_opaque_id("m")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"writeKey": "strange"}, {}),
        ({"writeKey": [KEY]}, {}),
        ({"writeKey": ""}, {}),
        ([], {}),
        ({}, {}),
        ({}, basic("strange")),
        ({"writeKey": KEY}, basic("strange")),
        ({}, {"authorization": f"Bearer {KEY}"}),
    ],
)
def test_another_key_or_none_is_refused(body: object, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized):
        tracked(body, headers)


def test_a_batch_is_as_many_payloads_and_the_one_that_is_too_large_has_its_reason() -> None:
    body = {"batch": [{"messageId": "a"}, {"messageId": "b", "big": "x" * 40_000}]}
    first, second = tracked(body, basic(KEY), "batch").bus.payloads
    assert (first.id, first.fault) == (to_opaque_id("a"), "")
    assert (second.id, second.fault_field) == (to_opaque_id("b"), "batch.1")
    assert second.fault == "has more than 32768 bytes"
    assert second.payload == body["batch"][1]


def test_only_a_page_with_a_key_is_told_its_settings() -> None:
    receiver = Entrance(secrets={"segment": [KEY]}).receiver
    asked = SignedRequest(b"", {}, url=ADDRESS)
    assert (
        receiver.read_tracking_settings(KEY, asked)["integrations"]["Segment.io"]["apiKey"] == KEY
    )
    for strange in ("strange", ""):
        with pytest.raises(Unauthorized):
            receiver.read_tracking_settings(strange, asked)


MADE = CloudEvent({"type": "com.example.made", "source": "https://app.example.com"}, {"a": 1})


def test_an_application_is_known_by_its_key_alone() -> None:
    entrance = Entrance(secrets={"shop": ["whsec_eA=="], "app": ["old", "new"], "nobody": ["new"]})
    for key in ("new", "old"):
        message = to_structured_event(MADE)
        sent = SignedRequest(message.body, {**message.headers, "authorization": f"Bearer {key}"})
        entrance.receiver.receive_cloud_events(sent)
    first, again = entrance.bus.payloads
    assert first == again
    assert (first.source, first.payload["type"]) == ("app", "com.example.made")


@pytest.mark.parametrize("key", ["strange", "", "whsec_eA=="])
def test_another_sources_key_is_none(key: str) -> None:
    entrance = Entrance(secrets={"shop": ["whsec_eA=="], "app": ["new"]})
    message = to_binary_event(MADE)
    sent = SignedRequest(message.body, {**message.headers, "authorization": f"Bearer {key}"})
    with pytest.raises(Unauthorized):
        entrance.receiver.receive_cloud_events(sent)
    assert not entrance.bus.payloads
