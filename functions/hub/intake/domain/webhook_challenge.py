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
from hub.intake.domain.signature.freshness import compute_base64_digests
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import ApiResponse
from hub.kernel.constant_time import is_any_equal, to_utf8
from hub.kernel.errors import Unauthorized
from hub.kernel.json_body import parse_json

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


def answer_challenge(
    scheme: str, request: SignedRequest, secrets: Sequence[str], tokens: Sequence[str]
) -> ApiResponse:
    """What proves to the vendor that the address is ours. Raises `Unauthorized`, as for a webhook.

    `secrets` are the source's live ones, newest first, and `tokens` what its owner told the vendor
    to ask with.
    """
    if request.method == METHODS.get(scheme):
        match scheme:
            case "verify-token":
                return _answer_verify_token(
                    _query_fields(request), [to_utf8(t) for t in tokens[:_LIVE_TOKENS] if t]
                )
            case "crc" if secrets and secrets[0]:
                return _response_token(_query_fields(request), secrets[0])
            case "head":
                return ApiResponse(200, "text/plain", "")
    raise Unauthorized(REFUSAL)


def answer_signed_challenge(scheme: str, body: bytes) -> ApiResponse | None:
    """The answer to a question that comes as a signed body; None for what is an event.

    Raises `Rejected` for what is not JSON, and `Unauthorized`.
    """
    if scheme != "url-verification":
        return None
    asked = parse_json(body)
    if not isinstance(asked, dict) or asked.get("type") != "url_verification":
        return None
    return ApiResponse(200, "text/plain", _word(asked.get("challenge")))


def _answer_verify_token(fields: Mapping[str, str], tokens: Sequence[bytes]) -> ApiResponse:
    subscribes = fields.get("hub.mode") == "subscribe"
    if not subscribes or not is_any_equal(tokens, [fields.get("hub.verify_token", "")]):
        raise Unauthorized(REFUSAL)
    return ApiResponse(200, "text/plain", _word(fields.get("hub.challenge")))


def _response_token(fields: Mapping[str, str], secret: str) -> ApiResponse:
    [digest] = compute_base64_digests([secret], to_utf8(_word(fields.get("crc_token"))))
    token = orjson.dumps({"response_token": f"sha256={digest.decode()}"}).decode()
    return ApiResponse(200, "application/json", token)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise Unauthorized(REFUSAL)
    return value


def _query_fields(sent: SignedRequest) -> Mapping[str, str]:
    """Those of the address's query that stand there once."""
    try:
        found = parse_qs(urlsplit(sent.url).query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}
