"""Handshakes: before it sends anything, a vendor asks whether whoever gave it an address owns it.

`verify-token`: Meta, https://developers.facebook.com/docs/graph-api/webhooks/getting-started
`crc`: X, https://docs.x.com/x-api/webhooks/quickstart
`url-verification`: Slack, https://docs.slack.dev/reference/events/url_verification
`head`: SurveyMonkey, https://api.surveymonkey.com/v3/docs#webhooks

Only a plain word is ever given back or signed. It cannot be markup, and it cannot be a body: X's
handshake signs for anybody, with the secret that signs its events.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from hub.intake.domain.signature import REFUSAL
from hub.intake.domain.signature.freshness import base64_digests
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Answer
from hub.kernel.constant_time import is_any, utf8
from hub.kernel.errors import Unauthorized
from hub.kernel.json_body import parsed

METHODS: Mapping[str, str] = {
    "crc": "GET",
    "head": "HEAD",
    "url-verification": "POST",
    "verify-token": "GET",
}
"""How the vendor asks, by scheme."""

_WORD = re.compile(r"[A-Za-z0-9+/=_.~-]{1,256}", re.ASCII)
_MOST_FIELDS = 20
_LIVE_TOKENS = 2


def answered(scheme: str, sent: Sent, secrets: Sequence[str], tokens: Sequence[str]) -> Answer:
    """What proves to the vendor that the address is ours. Raises `Unauthorized`, as for a webhook.

    `secrets` are the source's live ones, newest first, and `tokens` what its owner told the vendor
    to ask with.
    """
    if sent.method == METHODS.get(scheme):
        match scheme:
            case "verify-token":
                return _verified(_fields(sent), [utf8(t) for t in tokens[:_LIVE_TOKENS] if t])
            case "crc" if secrets and secrets[0]:
                return _response_token(_fields(sent), secrets[0])
            case "head":
                return Answer(200, "text/plain", "")
    raise Unauthorized(REFUSAL)


def echo(scheme: str, body: bytes) -> Answer | None:
    """The answer to a question that comes as a signed body; None for what is an event.

    Raises `Rejected` for what is not JSON, and `Unauthorized`.
    """
    if scheme != "url-verification":
        return None
    asked = parsed(body)
    if not isinstance(asked, dict) or asked.get("type") != "url_verification":
        return None
    return Answer(200, "text/plain", _word(asked.get("challenge")))


def _verified(fields: Mapping[str, str], tokens: Sequence[bytes]) -> Answer:
    subscribes = fields.get("hub.mode") == "subscribe"
    if not subscribes or not is_any(tokens, [fields.get("hub.verify_token", "")]):
        raise Unauthorized(REFUSAL)
    return Answer(200, "text/plain", _word(fields.get("hub.challenge")))


def _response_token(fields: Mapping[str, str], secret: str) -> Answer:
    [digest] = base64_digests([secret], utf8(_word(fields.get("crc_token"))))
    token = orjson.dumps({"response_token": f"sha256={digest.decode()}"}).decode()
    return Answer(200, "application/json", token)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise Unauthorized(REFUSAL)
    return value


def _fields(sent: Sent) -> Mapping[str, str]:
    """Those of the address's query that stand there once."""
    try:
        found = parse_qs(urlsplit(sent.url).query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}
