"""The webhook entrance: on the bus, or refused with nothing kept."""

import json
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.domain.signature.scheme import Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.domain.webhook_definition import ApiResponse
from hub.intake.steps.receive_webhook import LARGEST_BODY, ReceiveWebhook
from hub.kernel.errors import HubError, Rejected, TooLarge, Unauthorized, Unavailable
from hub.kernel.safe_id import LONGEST_ID, to_opaque_id, to_safe_id
from hub.kernel.standard_webhooks import sign
from hub.messaging.ports import Refusals
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.fakes import Bus, ClaimCheck, FixedClock
from tools.segue.credentials import generate
from tools.segue.entrances import read_webhook_definition
from tools.segue.webhook_request import build_request
from tools.segue.webhook_signatures import signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 a published test secret
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SAMPLE = (find_schemas_folder() / "sources/shop/samples/cart.left.json").read_bytes()
DEFINITIONS = SourceDefinitions(find_schemas_folder() / "sources")


class ThrottledBus(Bus):
    """A bus that has no room now."""

    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals:
        return dict.fromkeys(range(len(payloads)), "ThrottlingException")


@dataclass
class Entrance:
    """The web shop's entrance, its bus and its claims."""

    bus: Bus = field(default_factory=Bus)
    sources: Callable[[str], SourceDefinition | None] = DEFINITIONS
    claims: ClaimCheck = field(default_factory=ClaimCheck)
    clock: FixedClock = field(default_factory=FixedClock)
    secrets: Mapping[str, Any] = field(default_factory=lambda: {"shop": [SECRET]})

    def send(
        self, body: bytes, *, to: str = "shop", secret: str = SECRET, delivery_id: str = "msg_1"
    ) -> str | list[str] | ApiResponse:
        return self.take(to, SignedRequest(body, sign(secret, delivery_id, self.clock(), body)))

    def take(self, to: str, sent: SignedRequest) -> str | list[str] | ApiResponse:
        return self.receiver.receive(to, sent)

    @property
    def receiver(self) -> ReceiveWebhook:
        return ReceiveWebhook(self.sources, lambda: self.secrets, self.claims, self.bus, self.clock)

    def refuses(self, body: bytes, error: type[HubError], **given_: str) -> str:
        with pytest.raises(error) as refusal:
            self.send(body, **given_)
        assert not self.bus.payloads
        assert not self.claims.bodies
        return refusal.value.reason


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_a_signed_body_is_delivered_as_it_is() -> None:
    shop = Entrance()
    assert shop.send(SAMPLE) == "msg_1"
    assert shop.bus.payloads == [
        InboundPayload(
            id=to_opaque_id("msg_1"),
            source="shop",
            received_at=shop.clock(),
            correlation_id=f"shop:{to_opaque_id('msg_1')}",
            payload=json.loads(SAMPLE),
        )
    ]


def test_all_that_proves_nothing_is_refused_in_the_same_words() -> None:
    reasons = {
        Entrance().refuses(SAMPLE, Unauthorized, secret=OTHER),
        Entrance().refuses(SAMPLE, Unauthorized, to="nobody"),
        Entrance().refuses(SAMPLE, Unauthorized, to="../shop"),
        Entrance(secrets={"till": [SECRET]}).refuses(SAMPLE, Unauthorized, to="till"),
        Entrance(secrets={}).refuses(SAMPLE, Unauthorized),
        Entrance(secrets={"care": [SECRET]}).refuses(SAMPLE, Unauthorized),
        Entrance().refuses(b"not JSON", Unauthorized, secret=OTHER),
    }
    late = Entrance()
    headers = sign(SECRET, "msg_1", late.clock(), SAMPLE)
    late.clock.passes(seconds=301)
    for given_headers in (headers, {}):
        with pytest.raises(Unauthorized) as refusal:
            late.take("shop", SignedRequest(SAMPLE, given_headers))
        reasons.add(refusal.value.reason)
    assert len(reasons) == 1


def test_a_source_with_a_scheme_nobody_knows_proves_nothing() -> None:
    source = SourceDefinition.from_dict(
        {"name": "shop", "event_type": "type", "types": {}, "webhook": {"scheme": "trust-me"}}
    )
    shop = Entrance(sources=lambda _: source)
    shop.refuses(SAMPLE, Unauthorized)


@pytest.mark.parametrize("secret", [7, None, {"whsec": SECRET}, [7, None], [[SECRET]], ""])
def test_what_somebody_wrote_in_place_of_a_secret_proves_nothing(secret: object) -> None:
    Entrance(secrets={"shop": secret}).refuses(SAMPLE, Unauthorized)


def test_a_second_secret_is_good_while_it_is_rotated() -> None:
    shop = Entrance(secrets={"shop": [OTHER, SECRET]})
    assert shop.send(SAMPLE) == "msg_1"
    assert shop.send(SAMPLE, secret=OTHER, delivery_id="msg_2") == "msg_2"


def test_a_secret_typed_as_one_text_is_one_secret() -> None:
    assert Entrance(secrets={"shop": SECRET}).send(SAMPLE) == "msg_1"


def test_a_body_above_one_mebibyte_is_too_large() -> None:
    Entrance().send(b'"' + b"a" * (LARGEST_BODY - 2) + b'"')
    assert "1048576" in Entrance().refuses(b'"' + b"a" * (LARGEST_BODY - 1) + b'"', TooLarge)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b"NaN", b'{"a": Infinity}', b'{"a": 1} x', b'"\xff"', b"[" * 100_000],
)
def test_what_is_not_json_is_refused_with_the_place(body: bytes) -> None:
    assert "at position" in Entrance().refuses(body, Rejected)


@pytest.mark.parametrize("deep", [nested(33), b'{"a":' * 32 + b"[1]" + b"}" * 32])
def test_what_is_nested_too_deep_is_refused(deep: bytes) -> None:
    assert "32" in Entrance().refuses(deep, Rejected)


def test_thirty_two_deep_is_fine() -> None:
    assert Entrance().send(nested(32)) == "msg_1"
    assert Entrance().send(b'{"a":' * 32 + b"1" + b"}" * 32) == "msg_1"


@pytest.mark.parametrize("body", [b'"' + b"a" * 300_000 + b'"', b"[" + b"1e9," * 40_000 + b"0]"])
def test_a_body_too_large_for_the_bus_is_claimed(body: bytes) -> None:
    """The second one is small as sent, and would be large as the bus writes it."""
    shop = Entrance()
    shop.send(body)
    (delivery,) = shop.bus.payloads
    assert delivery.payload is None
    assert shop.claims.get(delivery.claim) == body


def test_a_bus_that_refuses_is_unavailable() -> None:
    assert "Throttling" in Entrance(bus=ThrottledBus()).refuses(SAMPLE, Unavailable)


def test_a_strange_delivery_id_is_made_safe_and_stays_the_same() -> None:
    shop = Entrance()
    strange = "id with / and \u00e9 " * 20
    assert shop.send(SAMPLE, delivery_id=strange) == shop.send(SAMPLE, delivery_id=strange)
    assert shop.bus.payloads[0].id.startswith("sha256-")


VENDORS = (
    *("cakemail", "facebook", "mailgun", "sendgrid", "shopify", "stripe", "surveymonkey"),
    *("twilio", "typeform", "whatsapp", "x"),
)
SAMPLES = [
    path
    for vendor in VENDORS
    for path in sorted((find_schemas_folder() / "sources" / vendor / "samples").glob("*.json"))
    if not path.name.endswith(".expected.json")
]


def as_sent(path: Path, at: datetime, secret: str) -> SignedRequest:
    """A vendor's sample as the vendor sends it."""
    webhook = read_webhook_definition(path.parts[-3])
    url = f"https://hub.example.com/webhooks/{path.parts[-3]}"
    wire = build_request(webhook, path.read_bytes(), url, "msg_1")
    return signed(wire, Signing(webhook, secret, "msg_1", at))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_what_a_vendor_sends_arrives_as_its_sample_says(path: Path) -> None:
    vendor, sample = path.parts[-3], json.loads(path.read_text())
    credential = generate(read_webhook_definition(vendor).scheme)
    entrance = Entrance(secrets={vendor: [credential.public]})
    sent = as_sent(path, entrance.clock(), credential.private)
    answered = entrance.take(vendor, sent)
    assert entrance.take(vendor, sent) == answered
    first, again = entrance.bus.payloads
    [accepted] = answered if isinstance(answered, list) else [answered]
    assert first.id in (accepted, to_opaque_id(str(accepted)))
    assert first == again
    unsigned = {name: part for name, part in sample.items() if name != "signature"}
    assert {n: p for n, p in first.payload.items() if n != "signature"} == unsigned
    stranger = Entrance(secrets={vendor: [generate(read_webhook_definition(vendor).scheme).public]})
    with pytest.raises(Unauthorized):
        stranger.take(vendor, sent)


def test_every_delivery_of_the_samples_has_an_id_of_its_own() -> None:
    """Two events that share an id would be taken for a repeat, and one of them lost."""
    for vendor in VENDORS:
        credential = generate(read_webhook_definition(vendor).scheme)
        entrance = Entrance(secrets={vendor: [credential.public]})
        paths = [path for path in SAMPLES if path.parts[-3] == vendor]
        for path in paths:
            entrance.take(vendor, as_sent(path, entrance.clock(), credential.private))
        delivered = [delivery.id for delivery in entrance.bus.payloads]
        assert len(set(delivered)) == len(paths)


CREDENTIALS = {vendor: generate(read_webhook_definition(vendor).scheme) for vendor in VENDORS}


@given(
    st.sampled_from(sorted(set(VENDORS) - {"mailgun"})),
    st.binary(max_size=80)
    | st.sampled_from([b"[" * 99 + b"]" * 99, b"{}", b"[[], 1, null]", b"7", b'["for_user_id"]'])
    | st.sampled_from([b'{"entry": [7, {"changes": 7}, {"messaging": {}}]}']),
    st.dictionaries(st.sampled_from(["x-shopify-topic", "x-shopify-webhook-id"]), st.text()),
)
def test_whatever_a_known_sender_sends_is_taken_or_refused_for_good(
    vendor: str, body: bytes, headers: dict[str, str]
) -> None:
    webhook, by = read_webhook_definition(vendor), CREDENTIALS[vendor]
    entrance = Entrance(secrets={vendor: by.public})
    signing = Signing(webhook, by.private, "", entrance.clock())
    try:
        sent = signed(SignedRequest(body, headers, url="https://hub.example.com/x"), signing)
    except ValueError:
        assert vendor == "twilio"
        return
    taken = True
    try:
        entrance.take(vendor, sent)
    except Rejected:
        taken = False
    assert taken or not entrance.bus.payloads


def test_a_batch_of_events_is_a_delivery_each() -> None:
    credential = generate("sendgrid")
    entrance = Entrance(secrets={"sendgrid": credential.public})
    events = [{"sg_event_id": f"e{n}", "event": "open"} for n in range(25)]
    webhook = read_webhook_definition("sendgrid")
    wire = build_request(webhook, json.dumps(events).encode(), "", "")
    sent = signed(wire, Signing(webhook, credential.private, "", entrance.clock()))
    assert entrance.take("sendgrid", sent) == [f"e{n}" for n in range(25)]
    assert [d.payload for d in entrance.bus.payloads] == events
    assert {d.correlation_id for d in entrance.bus.payloads} == {
        f"sendgrid:{to_opaque_id(f'e{n}')}" for n in range(25)
    }


def test_a_large_form_is_claimed_as_the_json_that_is_read_later() -> None:
    entrance = Entrance(secrets={"twilio": "12345"})
    webhook = read_webhook_definition("twilio")
    wire = build_request(webhook, json.dumps({"Body": "x" * 300_000}).encode(), "https://x/y", "")
    entrance.take("twilio", signed(wire, Signing(webhook, "12345", "", entrance.clock())))
    (delivery,) = entrance.bus.payloads
    assert delivery.payload is None
    assert json.loads(entrance.claims.get(delivery.claim)) == {"Body": "x" * 300_000}


@given(st.text(max_size=200), st.text(max_size=200))
def test_ids_are_safe_and_as_different_as_they_were(one: str, other: str) -> None:
    allowed = set(string.ascii_letters + string.digits + "._:/@+=-")
    for text in (one, other):
        assert set(to_safe_id(text)) <= allowed
        assert 0 < len(to_safe_id(text)) <= LONGEST_ID
    assert (to_safe_id(one) == to_safe_id(other)) == (one == other)


def test_nobody_can_choose_the_id_that_stands_for_anothers() -> None:
    assert to_safe_id(to_safe_id("strange id")) != to_safe_id("strange id")
    assert to_safe_id("shop/../till") != "shop/../till"
