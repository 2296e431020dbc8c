"""Twilio: an HMAC of the whole address and, of a form, its fields in order of their names.

https://www.twilio.com/docs/usage/webhooks/webhooks-security#validating-signatures-from-twilio
For any other body the address carries its digest as `bodySHA256`. The scheme carries no time.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs

from hub.intake.domain.signature.freshness import base64_digests
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel import form_body
from hub.kernel.constant_time import is_any, utf8


def proof(sent: Sent, _: Webhook, secrets: Sequence[str], __: datetime) -> str | None:
    try:
        content = signed_content(sent)
    except ValueError:
        return None
    expected = base64_digests(secrets, content, "sha1")
    return "" if is_any(expected, [sent.header("x-twilio-signature")]) else None


def signed_content(sent: Sent) -> bytes:
    """What Twilio signs of it. Raises ValueError where the body is not what it should be."""
    claimed = parse_qs(sent.url.partition("?")[2]).get("bodySHA256")
    if claimed is None:
        fields = sorted(set(form_body.fields(sent.body)))
        return utf8(sent.url) + b"".join(utf8(name + value) for name, value in fields)
    if not hmac.compare_digest(utf8(claimed[0]), sha256(sent.body).hexdigest().encode()):
        raise ValueError("the body is not the one whose digest was signed")
    return utf8(sent.url)
