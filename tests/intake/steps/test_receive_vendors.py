"""What vendors do beside posting one plain body: they ask first, pack, and send several at once."""

import gzip
import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest

from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.signature.scheme import Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.domain.webhook_definition import ApiResponse, WebhookDefinition
from hub.intake.steps.receive_webhook import LARGEST_BODY, ReceiveWebhook
from hub.kernel.errors import Rejected, TooLarge, Unauthorized
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.fakes import Bus, ClaimCheck, FixedClock
from tools.segue.entrances import read_webhook_definition
from tools.segue.webhook_signatures import signed

SOURCES = find_schemas_folder() / "sources"
ASKS = {"hub.mode": "subscribe", "hub.challenge": "77", "hub.verify_token": "meadow"}
SLACK = SourceDefinition.from_dict(
    {
        "name": "slack",
        "event_type": "type",
        "types": {},
        "webhook": {"scheme": "slack", "challenge": "url-verification"},
    }
)


@dataclass
class Door:
    """The entrance, where every source's secret is `s3cret`, and Facebook's word `meadow`."""

    bus: Bus = field(default_factory=Bus)

    @property
    def receiver(self) -> ReceiveWebhook:
        def sources(name: str) -> SourceDefinition | None:
            return SLACK if name == "slack" else SourceDefinitions(SOURCES)(name)

        names = ("facebook", "slack", "surveymonkey", "whatsapp", "x", "shopify")
        secrets = {name: ["s3cret"] for name in names}
        asked = {"facebook.challenge": ["meadow"]}
        return ReceiveWebhook(
            sources,
            lambda: {**secrets, **asked},
            ClaimCheck(),
            self.bus,
            FixedClock(),
        )

    def post(self, source: str, body: Any, packed: bytes | None = None) -> Any:
        """As the source's vendor signs it: over the bytes that go over the wire."""
        webhook = SLACK.webhook if source == "slack" else read_webhook_definition(source)
        assert isinstance(webhook, WebhookDefinition)
        headers = {} if packed is None else {"content-encoding": "gzip"}
        raw = json.dumps(body).encode() if packed is None else packed
        signing = Signing(webhook, "s3cret", "", FixedClock()())
        return self.receiver.receive(source, signed(SignedRequest(raw, headers), signing))

    def payloads(self) -> list[Any]:
        return [delivery.payload for delivery in self.bus.payloads]


def asks(query: str, method: str = "GET") -> SignedRequest:
    return SignedRequest(b"", {}, method, f"https://hub.example.com/webhooks/x?{query}")


def sample(source: str, name: str) -> Any:
    return json.loads((SOURCES / source / "samples" / f"{name}.json").read_text())


def test_a_vendor_who_asks_first_is_answered_and_leaves_nothing() -> None:
    door = Door()
    found = [
        door.receiver.answer_challenge("facebook", asks(urlencode(ASKS))),
        door.receiver.answer_challenge("x", asks("crc_token=abc")),
        door.receiver.answer_challenge("surveymonkey", asks("", "HEAD")),
        door.post("slack", {"type": "url_verification", "challenge": "word"}),
    ]
    token = "sha256=Ty8wqvSle9YKtHPI6cLN/vwYZyPUcn7W8x8ENTyROJo="  # noqa: S105 of HMAC, abc
    assert found[0] == ApiResponse(200, "text/plain", "77")
    assert json.loads(found[1].body) == {"response_token": token}
    assert [answer.body for answer in found[2:]] == ["", "word"]
    assert door.bus.payloads == []


@pytest.mark.parametrize("source", ["whatsapp", "x", "shopify", "till", "nobody", "../facebook"])
def test_a_word_that_opens_one_source_opens_no_other(source: str) -> None:
    with pytest.raises(Unauthorized):
        Door().receiver.answer_challenge(source, asks(urlencode(ASKS)))


def test_a_handshake_without_a_signature_is_a_strangers() -> None:
    body = json.dumps({"type": "url_verification", "challenge": "word"}).encode()
    with pytest.raises(Unauthorized):
        Door().receiver.receive("slack", SignedRequest(body, {}))


def test_a_packed_body_is_signed_as_it_was_sent_and_read_as_it_was() -> None:
    door, body = Door(), {"entry": [{"changes": [sample("facebook", "leadgen")]}]}
    door.post("facebook", None, gzip.compress(json.dumps(body).encode()))
    assert door.payloads() == [sample("facebook", "leadgen")]


@pytest.mark.parametrize(
    ("packed", "error"),
    [
        (gzip.compress(b" " * (LARGEST_BODY + 1)), TooLarge),
        (b'{"entry": []}', Rejected),
        (gzip.compress(b"{}")[:-2], Rejected),
    ],
)
def test_a_packed_body_that_is_none_or_too_large_leaves_nothing(
    packed: bytes, error: type[Rejected]
) -> None:
    door = Door()
    with pytest.raises(error):
        door.post("facebook", None, packed)
    assert door.bus.payloads == []


def test_all_that_a_page_tells_at_once_is_a_delivery_each() -> None:
    door = Door()
    names = ["leadgen", "message", "read", "postback"]
    lead, message, seen, pressed = [sample("facebook", name) for name in names]
    entries = [
        {"id": "1", "time": 1, "changes": [lead, {"field": "feed", "value": {}}]},
        {"id": "1", "time": 1, "messaging": [message, seen]},
        {"id": "1", "time": 1, "standby": [pressed]},
    ]
    ids = door.post("facebook", {"object": "page", "entry": entries})
    assert len(set(ids)) == 5
    assert door.payloads() == [lead, {"field": "feed", "value": {}}, message, seen, pressed]


def test_whatsapps_messages_statuses_and_wishes_come_together() -> None:
    door = Door()
    names = ["message", "status", "preference"]
    message, status, wish = [sample("whatsapp", name) for name in names]
    alert = {"field": "account_alerts", "value": {"alert_type": "x"}}
    said = [
        {"field": "messages", "value": {"metadata": {}, "messages": [message]}},
        {"field": "messages", "value": {"metadata": {}, "statuses": [status]}},
        {"field": "user_preferences", "value": {"user_preferences": [wish]}},
        alert,
    ]
    door.post("whatsapp", {"object": "whatsapp_business_account", "entry": [{"changes": said}]})
    assert door.payloads() == [message, status, wish, alert]


def test_each_event_of_x_knows_whose_account_it_is_for() -> None:
    door = Door()
    message, seen = sample("x", "message_create"), sample("x", "mark_read")
    bare = [{n: v for n, v in event.items() if n != "for_user_id"} for event in (message, seen)]
    body = {
        "for_user_id": message["for_user_id"],
        "direct_message_events": [bare[0]],
        "direct_message_mark_read_events": [bare[1]],
        "users": {},
    }
    door.post("x", body)
    assert door.payloads() == [message, seen]


@pytest.mark.parametrize("source", ["facebook", "whatsapp", "x"])
def test_a_body_in_which_no_event_is_found_is_kept_whole(source: str) -> None:
    door = Door()
    body: dict[str, Any] = {"user_event": {"revoke": {}}}
    assert len(door.post(source, body)) == 1
    assert door.payloads() == [body]


def test_an_unpacked_body_too_large_for_the_bus_is_claimed_unpacked() -> None:
    door, claims = Door(), ClaimCheck()
    body = json.dumps({"event_type": "x", "more": "y" * 300_000}).encode()
    receiver = replace(door.receiver, claim_check=claims)
    signing = Signing(read_webhook_definition("surveymonkey"), "s3cret", "", FixedClock()())
    packed = SignedRequest(gzip.compress(body), {"content-encoding": "gzip"})
    receiver.receive("surveymonkey", signed(packed, signing))
    (delivery,) = door.bus.payloads
    assert claims.get(delivery.claim) == body
