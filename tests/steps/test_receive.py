"""The webhook entrance: on the bus, or refused with nothing kept."""

import json
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.schemas import Definitions, folder
from hub.domain.definition import Source
from hub.domain.delivery import Delivery
from hub.domain.errors import HubError, Rejected, TooLarge, Unauthorized, Unavailable
from hub.domain.safe_id import LONGEST, safe_id
from hub.domain.signature import sign
from hub.ports import Refusals
from hub.steps.receive import LARGEST_BODY, receive_webhook
from tests.fakes import Bus, Claims, FixedClock

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 a published test secret
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SAMPLE = (folder() / "sources/shop/samples/cart.left.json").read_bytes()
DEFINITIONS = Definitions(folder() / "sources")


class ThrottledBus(Bus):
    """A bus that has no room now."""

    def deliver(self, deliveries: Sequence[Delivery]) -> Refusals:
        return dict.fromkeys(range(len(deliveries)), "ThrottlingException")


@dataclass
class Entrance:
    """The web shop's entrance, its bus and its claims."""

    bus: Bus = field(default_factory=Bus)
    sources: Callable[[str], Source | None] = DEFINITIONS
    claims: Claims = field(default_factory=Claims)
    clock: FixedClock = field(default_factory=FixedClock)
    secrets: Mapping[str, str | Sequence[str]] = field(default_factory=lambda: {"shop": [SECRET]})

    def send(
        self, body: bytes, *, to: str = "shop", secret: str = SECRET, delivery_id: str = "msg_1"
    ) -> str:
        return self.take(to, sign(secret, delivery_id, self.clock(), body), body)

    def take(self, to: str, headers: Mapping[str, str], body: bytes) -> str:
        return receive_webhook(
            to,
            headers,
            body,
            sources=self.sources,
            secrets=lambda: self.secrets,
            claims=self.claims,
            bus=self.bus,
            clock=self.clock,
        )

    def refuses(self, body: bytes, error: type[HubError], **given_: str) -> str:
        with pytest.raises(error) as refusal:
            self.send(body, **given_)
        assert not self.bus.delivered
        assert not self.claims.bodies
        return refusal.value.reason


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_a_signed_body_is_delivered_as_it_is() -> None:
    shop = Entrance()
    assert shop.send(SAMPLE) == "msg_1"
    assert shop.bus.delivered == [
        Delivery(
            id="msg_1",
            source="shop",
            received_at=shop.clock(),
            correlation_id="shop:msg_1",
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
            late.take("shop", given_headers, SAMPLE)
        reasons.add(refusal.value.reason)
    assert len(reasons) == 1


def test_a_source_with_a_scheme_nobody_knows_proves_nothing() -> None:
    source = Source.from_dict(
        {"name": "shop", "event_type": "type", "types": {}, "webhook": {"scheme": "trust-me"}}
    )
    shop = Entrance(sources=lambda _: source)
    shop.refuses(SAMPLE, Unauthorized)


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
    (delivery,) = shop.bus.delivered
    assert delivery.payload is None
    assert shop.claims.get(delivery.claim) == body


def test_a_bus_that_refuses_is_unavailable() -> None:
    assert "Throttling" in Entrance(bus=ThrottledBus()).refuses(SAMPLE, Unavailable)


def test_a_strange_delivery_id_is_made_safe_and_stays_the_same() -> None:
    shop = Entrance()
    strange = "id with / and \u00e9 " * 20
    assert shop.send(SAMPLE, delivery_id=strange) == shop.send(SAMPLE, delivery_id=strange)
    assert shop.bus.delivered[0].id.startswith("sha256-")


@given(st.text(max_size=200), st.text(max_size=200))
def test_ids_are_safe_and_as_different_as_they_were(one: str, other: str) -> None:
    allowed = set(string.ascii_letters + string.digits + "._:/@+=-")
    for text in (one, other):
        assert set(safe_id(text)) <= allowed
        assert 0 < len(safe_id(text)) <= LONGEST
    assert (safe_id(one) == safe_id(other)) == (one == other)


def test_nobody_can_choose_the_id_that_stands_for_anothers() -> None:
    assert safe_id(safe_id("strange id")) != safe_id("strange id")
    assert safe_id("shop/../till") != "shop/../till"
