"""Secrets that are sent along as they are: basic auth and API keys.

They prove who sent it and nothing about what was sent or when: for vendors that sign nothing.
Basic auth: https://www.rfc-editor.org/rfc/rfc7617
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from hub.domain.signature.comparing import is_any, utf8
from hub.domain.signature.sent import Sent
from hub.domain.webhook import Webhook


def basic(sent: Sent, _: Webhook, secrets: Sequence[str], __: datetime) -> str | None:
    """A secret is `user:password`; one that lacks either of them proves nothing."""
    scheme, ___, given = sent.header("authorization").partition(" ")
    expected = [b64encode(utf8(secret)) for secret in secrets if all(secret.partition(":"))]
    return "" if scheme.lower() == "basic" and is_any(expected, [given]) else None


def api_key(sent: Sent, webhook: Webhook, secrets: Sequence[str], _: datetime) -> str | None:
    expected = [utf8(webhook.prefix + secret) for secret in secrets]
    return "" if is_any(expected, [sent.header(webhook.header)]) else None
