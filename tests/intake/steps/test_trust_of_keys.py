"""A public source has a secret of its own for servers, and a token proves who a visitor is."""

import json
from typing import Any

import pytest

from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Unauthorized
from hub.model.inbound_payload import InboundPayload
from hub.model.trust import Trust
from tests.factories import NOON
from tests.intake.steps.test_receive_other_requests import ADDRESS, basic
from tests.intake.steps.test_receive_webhook import Entrance
from tests.visitor_tokens import customer_token

PUBLIC_KEY, SERVER_KEY, SITE_SECRET = "key-of-pages", "key-of-servers", "s" * 32
SECRETS: dict[str, Any] = {
    "segment": [PUBLIC_KEY],
    "segment.server": [SERVER_KEY],
    "segment.identity": [SITE_SECRET],
}
SOON = int(NOON.timestamp()) + 60
TOKEN = customer_token("ann@example.com", SOON, SITE_SECRET)


def receive(key: str, message: dict[str, Any], **secrets: Any) -> InboundPayload:
    entrance = Entrance(secrets={**SECRETS, **secrets})
    body = json.dumps({"messageId": "m", **message}).encode()
    entrance.take("segment", SignedRequest(body, basic(key), url=f"{ADDRESS}track"))
    (payload,) = entrance.bus.payloads
    return payload


def with_token(token: object) -> dict[str, Any]:
    return {"context": {"identity_token": token, "locale": "en"}}


def test_a_key_in_a_page_is_public_and_counted() -> None:
    payload = receive(PUBLIC_KEY, {})
    assert payload.trust is None
    assert payload.key
    assert payload.key != receive("another", {}, segment=["another"]).key


def test_a_key_of_a_server_is_trusted_and_not_counted() -> None:
    payload = receive(SERVER_KEY, with_token(TOKEN))
    assert (payload.trust, payload.key, payload.proven) == (Trust.TRUSTED, "", {})


def test_a_token_proves_who_the_visitor_is_and_is_not_kept() -> None:
    payload = receive(PUBLIC_KEY, with_token(TOKEN))
    assert (payload.trust, payload.proven) == (Trust.VOUCHED, {"email": "ann@example.com"})
    assert payload.payload == {"messageId": "m", "type": "track", "context": {"locale": "en"}}
    assert payload.key


@pytest.mark.parametrize(
    "token",
    [
        customer_token("ann@example.com", SOON - 120, SITE_SECRET),
        customer_token("ann@example.com", SOON, "another secret"),
        customer_token("ann@example.com", 10**12, SITE_SECRET),
        TOKEN[:-1],
        "",
        7,
        {"email": "ann@example.com"},
    ],
)
def test_a_token_that_proves_nothing_leaves_the_event_public_and_says_why(token: object) -> None:
    payload = receive(PUBLIC_KEY, with_token(token))
    assert (payload.trust, payload.proven) == (None, {})
    assert "token" in payload.proof_fault
    assert payload.payload["context"] == {"locale": "en"}


def test_without_a_secret_of_the_site_no_token_proves_anything() -> None:
    forged = customer_token("ann@example.com", SOON, "")
    payload = receive(PUBLIC_KEY, with_token(forged), **{"segment.identity": [""]})
    assert (payload.trust, payload.proven) == (None, {})


def test_a_public_key_that_is_stored_as_a_servers_too_stays_public() -> None:
    payload = receive(PUBLIC_KEY, {}, **{"segment.server": [SERVER_KEY, PUBLIC_KEY]})
    assert payload.trust is None
    assert payload.key


def test_the_key_of_a_server_gets_no_settings_for_a_page() -> None:
    receiver = Entrance(secrets=SECRETS).receiver
    request = SignedRequest(b"", {}, url=ADDRESS)
    assert receiver.read_tracking_settings(PUBLIC_KEY, request)
    with pytest.raises(Unauthorized):
        receiver.read_tracking_settings(SERVER_KEY, request)


def test_what_came_with_a_key_travels_with_the_payload() -> None:
    payload = receive(PUBLIC_KEY, with_token(TOKEN))
    assert InboundPayload.from_dict(payload.to_dict()) == payload
