"""Basic auth: https://www.rfc-editor.org/rfc/rfc7617

It proves who sent a request, but not what was in it or when.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    """Verifies basic auth. A secret is `user:password`; without either part it proves nothing."""
    scheme, _blank, credentials = request.header("authorization").partition(" ")
    expected = [b64encode(to_utf8(secret)) for secret in secrets if all(secret.partition(":"))]
    return "" if scheme.lower() == "basic" and is_any_equal(expected, [credentials]) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    return add_authorization(request, signing.secret)


def add_authorization(request: SignedRequest, pair: str) -> SignedRequest:
    """`pair` is `user:password`."""
    return request.add_headers({"authorization": f"Basic {b64encode(pair.encode()).decode()}"})


SCHEME = Scheme("basic", "basic auth", "`user:password`", verify, sign)
