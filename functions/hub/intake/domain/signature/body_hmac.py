"""An HMAC of the body alone in one header: GitHub, Shopify and many others, which differ in data.

The scheme has no time, so the hub depends on the delivery id to drop a repeat.
GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
Shopify: https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook-to-ensure-its-coming-from-shopify
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import compute_base64_digests, compute_hex_digests
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

GITHUB = WebhookDefinition("github", header="x-hub-signature-256", prefix="sha256=")
SHOPIFY = WebhookDefinition("shopify", header="x-shopify-hmac-sha256", encoding="base64")

_ALGORITHMS = frozenset({"sha1", "sha256", "sha512"})
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


def verify_github(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    return verify(request, GITHUB, secrets, now)


def verify_shopify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    return verify(request, SHOPIFY, secrets, now)
