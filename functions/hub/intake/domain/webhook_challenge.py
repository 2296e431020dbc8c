"""Challenges: before a vendor sends webhooks, it checks that we own the address.

`verify-token`: Meta, https://developers.facebook.com/docs/graph-api/webhooks/getting-started
`crc`: X, https://docs.x.com/x-api/webhooks/quickstart
`url-verification`: Slack, https://docs.slack.dev/reference/events/url_verification
`head`: SurveyMonkey, https://api.surveymonkey.com/v3/docs#webhooks

The hub returns or signs only a plain word, which can be neither markup nor an event: anybody may
call X's handshake, and its answer is signed with the secret that signs X's events.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import orjson

from hub.intake.domain.signature import REFUSAL
from hub.intake.domain.signature.freshness import compute_base64_digests
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import ApiResponse
from hub.kernel.constant_time import is_any_equal, to_utf8
from hub.kernel.errors import Unauthorized
from hub.kernel.json_body import parse_json
from hub.kernel.json_types import Json

METHODS: Mapping[str, str] = {
    "crc": "GET",
    "head": "HEAD",
    "url-verification": "POST",
    "verify-token": "GET",
}
"""The HTTP method of the vendor's request, by scheme."""

_WORD = re.compile(r"[A-Za-z0-9+/=_.~-]{1,256}", re.ASCII)
_MOST_FIELDS = 20
_LIVE_TOKENS = 2


def answer_challenge(
    scheme: str, request: SignedRequest, secrets: Sequence[str], tokens: Sequence[str]
) -> ApiResponse:
    """Answers a vendor's challenge. Raises `Unauthorized`, as for a webhook.

    `secrets` are the live secrets of the source, newest first. `tokens` are the verify tokens that
    the owner of the source gave to the vendor.
    """
    if request.method == METHODS.get(scheme):
        match scheme:
            case "verify-token":
                live_tokens = [to_utf8(token) for token in tokens[:_LIVE_TOKENS] if token]
                return _answer_verify_token(_parse_query(request), live_tokens)
            case "crc" if secrets and secrets[0]:
                return _answer_crc(_parse_query(request), secrets[0])
            case "head":
                return ApiResponse(200, "text/plain", "")
    raise Unauthorized(REFUSAL)


def answer_signed_challenge(scheme: str, body: bytes) -> ApiResponse | None:
    """Answers a challenge that comes as a signed body; None if the body is an event.

    Raises `Rejected` if it is not JSON, and `Unauthorized`.
    """
    if scheme != "url-verification":
        return None
    payload = parse_json(body)
    if not isinstance(payload, dict) or payload.get("type") != "url_verification":
        return None
    return ApiResponse(200, "text/plain", _check_word(payload.get("challenge")))


def _answer_verify_token(fields: Mapping[str, str], tokens: Sequence[bytes]) -> ApiResponse:
    is_subscription = fields.get("hub.mode") == "subscribe"
    if not is_subscription or not is_any_equal(tokens, [fields.get("hub.verify_token", "")]):
        raise Unauthorized(REFUSAL)
    return ApiResponse(200, "text/plain", _check_word(fields.get("hub.challenge")))


def _answer_crc(fields: Mapping[str, str], secret: str) -> ApiResponse:
    [digest] = compute_base64_digests([secret], to_utf8(_check_word(fields.get("crc_token"))))
    body = orjson.dumps({"response_token": f"sha256={digest.decode()}"}).decode()
    return ApiResponse(200, "application/json", body)


def _check_word(value: Json) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise Unauthorized(REFUSAL)
    return value


def _parse_query(request: SignedRequest) -> Mapping[str, str]:
    """Returns the fields that occur exactly once in the query."""
    try:
        fields = parse_qs(urlsplit(request.url).query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items() if len(values) == 1}
