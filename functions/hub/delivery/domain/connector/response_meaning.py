"""What a provider's answer means for the action: done, retry later, rejected or uncertain."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import orjson

from hub.delivery.domain.connector.definition import IdempotencyMode, ResponseRules
from hub.delivery.domain.connector.http_message import HttpResponse
from hub.delivery.domain.connector.request_builder import evaluate
from hub.kernel.errors import HubError, Rejected, Unavailable, Uncertain, Unsettled
from hub.kernel.xml_body import parse_xml

DEFAULT_LIFETIME, LONGEST_LIFETIME = timedelta(minutes=30), timedelta(days=30)
"""Of a provider's token. After the longest one the hub asks for another, whatever it was told."""
_MOST_DIGITS, _LONGEST_WAIT = 9, 10**9
_FIRST_UNKNOWN_STATUS = HTTPStatus.INTERNAL_SERVER_ERROR


def to_jmespath_scope(response: HttpResponse, element: str = "") -> dict[str, Any]:
    """Returns the scope of JMESPath: `status`, `headers` and `body`. The body is the JSON or, with
    `element`, that element of the XML; null for anything else."""
    body = _parse_xml(response.body, element) if element else _parse_json(response.body)
    return {"status": response.status, "headers": dict(response.headers), "body": body}


def _parse_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _parse_xml(body: bytes, element: str) -> Any:
    try:
        return parse_xml(element, body)[0]
    except Rejected:
        return None


def find_problem(
    response: HttpResponse,
    rules: ResponseRules,
    mode: IdempotencyMode,
    now: datetime,
    who: str = "the provider",
) -> HubError | None:
    """Returns why the action is not done, or None if it is. `Unavailable` says how long to wait, if
    the provider said so."""
    reason = f"{who} answered {response.status}"
    wait = parse_retry_after(response.headers.get("retry-after", ""), now)
    if response.status in rules.success:
        return None
    if response.status == HTTPStatus.UNAUTHORIZED:
        return Unavailable(f"{reason}: the credentials are not accepted")
    if response.status in rules.retry or _asks_for_retry(rules, response):
        return Unavailable(reason, wait)
    if response.status >= _FIRST_UNKNOWN_STATUS or response.status < HTTPStatus.MULTIPLE_CHOICES:
        return choose_unknown_error(mode, reason, wait)
    return Rejected(reason)


def choose_unknown_error(
    mode: IdempotencyMode, reason: str, after: timedelta | None = None
) -> HubError:
    """Returns the error for an action that may have taken effect. It is repeated, unless the mode
    is `at-most-once`."""
    return Uncertain(reason) if mode is IdempotencyMode.AT_MOST_ONCE else Unsettled(reason, after)


def parse_retry_after(text: str, now: datetime) -> timedelta | None:
    """Reads seconds or an HTTP date (RFC 9110, 10.2.3). Returns None for anything else."""
    if text.isascii() and text.isdigit():
        is_readable = len(text) <= _MOST_DIGITS
        return timedelta(seconds=min(int(text), _LONGEST_WAIT) if is_readable else _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (OverflowError, ValueError):
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta())


def parse_token_lifetime(seconds: Any) -> timedelta:
    """Reads `expires_in` (RFC 6749, 5.1). Without whole seconds it is the default."""
    if type(seconds) is not int or seconds < 0:
        return DEFAULT_LIFETIME
    return timedelta(seconds=min(seconds, int(LONGEST_LIFETIME.total_seconds())))


def _asks_for_retry(rules: ResponseRules, answer: HttpResponse) -> bool:
    scope = to_jmespath_scope(answer, rules.element)
    return bool(rules.retry_when) and evaluate(rules.retry_when, scope, "answers") is True
