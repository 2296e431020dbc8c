"""Twilio's signature: an HMAC of the URL and of a form's fields in the order of their names.

https://www.twilio.com/docs/usage/webhooks/webhooks-security#validating-signatures-from-twilio
For any other body the URL has its digest as `bodySHA256`. The scheme has no time.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs

from hub.intake.domain.signature.freshness import compute_base64_digests
from hub.intake.domain.signature.scheme import Scheme, Signing
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
    """Builds the content that Twilio signs. Raises ValueError if the body does not fit the URL."""
    digests = parse_qs(request.url.partition("?")[2]).get("bodySHA256")
    if digests is None:
        fields = sorted(set(form_body.parse_fields(request.body)))
        return to_utf8(request.url) + b"".join(to_utf8(name + value) for name, value in fields)
    if not hmac.compare_digest(to_utf8(digests[0]), sha256(request.body).hexdigest().encode()):
        raise ValueError("the body does not have the signed digest")
    return to_utf8(request.url)


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    if signing.webhook.body != "form":
        mark = "&" if "?" in request.url else "?"
        claimed = sha256(request.body).hexdigest()
        request = replace(request, url=f"{request.url}{mark}bodySHA256={claimed}")
    digest = signing.digest(build_signed_content(request), "sha1")
    return request.add_headers({"x-twilio-signature": b64encode(digest).decode()})


SCHEME = Scheme(
    "twilio",
    "HMAC over the address and the form, or the digest of any other body",
    "the auth token",
    verify,
    sign,
    covers=frozenset({"address", "body"}),
)
