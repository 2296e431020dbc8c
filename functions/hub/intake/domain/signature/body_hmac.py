"""An HMAC of the body alone in one header, told apart by data: GitHub, Shopify and many others.

The scheme carries no time, so it is the delivery's id that makes a repeat harmless.
GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
Shopify: https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook-to-ensure-its-coming-from-shopify
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import base64_digests, hex_digests
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel.constant_time import is_any, utf8

GITHUB = Webhook("github", header="x-hub-signature-256", prefix="sha256=")
SHOPIFY = Webhook("shopify", header="x-shopify-hmac-sha256", encoding="base64")

_ALGORITHMS = frozenset({"sha1", "sha256", "sha512"})
_ENCODINGS: Mapping[str, Callable[[Sequence[str], bytes, str], list[bytes]]] = {
    "base64": base64_digests,
    "hex": hex_digests,
}


def proof(sent: Sent, webhook: Webhook, secrets: Sequence[str], _: datetime) -> str | None:
    if webhook.algorithm not in _ALGORITHMS or webhook.encoding not in _ENCODINGS:
        return None
    digests = _ENCODINGS[webhook.encoding](secrets, sent.body, webhook.algorithm)
    expected = [utf8(webhook.prefix) + digest for digest in digests]
    return "" if is_any(expected, [sent.header(webhook.header)]) else None


def github(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    return proof(sent, GITHUB, secrets, now)


def shopify(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    return proof(sent, SHOPIFY, secrets, now)
