"""`key` in the URL's query, for vendors that can neither sign nor set a header."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    fields = parse_qs(urlsplit(request.url).query)
    expected = [to_utf8(secret) for secret in secrets]
    return "" if is_any_equal(expected, fields.get("key", [])[:1]) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    mark = "&" if "?" in request.url else "?"
    return replace(request, url=f"{request.url}{mark}{urlencode({'key': signing.secret})}")


SCHEME = Scheme(
    "url-key",
    "`key` in the query of the address, for vendors who can neither sign nor set a header",
    "the key",
    verify,
    sign,
)
