"""A key in a header, for vendors that cannot sign.

It proves who sent a request, but not what was in it or when.
"""

from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8


def verify(
    request: SignedRequest, webhook: WebhookDefinition, secrets: Sequence[str], _: datetime
) -> str | None:
    expected = [to_utf8(webhook.prefix + secret) for secret in secrets]
    return "" if is_any_equal(expected, [request.header(webhook.header)]) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    webhook = signing.webhook
    return request.add_headers({webhook.header: webhook.prefix + signing.secret})


SCHEME = Scheme("api-key", "a key in `header`, after `prefix`", "the key", verify, sign)
