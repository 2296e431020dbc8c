"""Twilio: an HMAC of the whole address and, of a form, its fields in order of their names.

https://www.twilio.com/docs/usage/webhooks/webhooks-security#validating-signatures-from-twilio
For any other body the address carries its digest as `bodySHA256`. The scheme carries no time.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs

from hub.intake.domain.signature.freshness import compute_base64_digests
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel import form_body
from hub.kernel.constant_time import is_any_equal, to_utf8


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    try:
        content = build_signed_content(request)
    except ValueError:
        return None
    expected = compute_base64_digests(secrets, content, "sha1")
    return "" if is_any_equal(expected, [request.header("x-twilio-signature")]) else None


def build_signed_content(request: SignedRequest) -> bytes:
    """What Twilio signs of it. Raises ValueError where the body is not what it should be."""
    claimed = parse_qs(request.url.partition("?")[2]).get("bodySHA256")
    if claimed is None:
        fields = sorted(set(form_body.parse_fields(request.body)))
        return to_utf8(request.url) + b"".join(to_utf8(name + value) for name, value in fields)
    if not hmac.compare_digest(to_utf8(claimed[0]), sha256(request.body).hexdigest().encode()):
        raise ValueError("the body is not the one whose digest was signed")
    return to_utf8(request.url)
