"""An HMAC of the body alone in one header, as many vendors send it, which differ in data.

The scheme has no time, and it covers no header. So the hub depends on the body to recognise a
repeat: on the id in it, or on its digest.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import compute_base64_digests, compute_hex_digests
from hub.intake.domain.signature.scheme import Part, Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

_ALGORITHMS = frozenset({"sha1", "sha256", "sha512"})
_COVERS: frozenset[Part] = frozenset({"body"})
_ENCODINGS: Mapping[str, Callable[[Sequence[str], bytes, str], list[bytes]]] = {
    "base64": compute_base64_digests,
    "hex": compute_hex_digests,
}


def verify(
    request: SignedRequest, webhook: WebhookDefinition, secrets: Sequence[str], _: datetime
) -> str | None:
    if webhook.algorithm not in _ALGORITHMS or webhook.encoding not in _ENCODINGS:
        return None
    digests = _ENCODINGS[webhook.encoding](secrets, request.body, webhook.algorithm)
    expected = [to_utf8(webhook.prefix) + digest for digest in digests]
    return "" if is_any_equal(expected, [request.header(webhook.header)]) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    webhook = signing.webhook
    digest = signing.digest(request.body, webhook.algorithm)
    text = digest.hex() if webhook.encoding == "hex" else b64encode(digest).decode()
    return request.add_headers({webhook.header: webhook.prefix + text})


SCHEME = Scheme(
    "hmac",
    "HMAC over the body; `header`, `algorithm`, `encoding` and `prefix` are data",
    "the secret",
    verify,
    sign,
    covers=_COVERS,
)


def build_preset(definition: WebhookDefinition) -> Scheme:
    """The scheme of a vendor whose header never differs, named as the definition is."""

    def verify_preset(
        request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
    ) -> str | None:
        return verify(request, definition, secrets, now)

    def sign_preset(request: SignedRequest, signing: Signing) -> SignedRequest:
        by = Signing(definition, signing.secret, signing.delivery_id, signing.at)
        return sign(request, by)

    return Scheme(
        definition.scheme,
        "HMAC over the body",
        "the secret",
        verify_preset,
        sign_preset,
        covers=_COVERS,
    )
