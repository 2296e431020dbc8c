"""What a provider's answer means for the action: done, not yet, never, or nobody knows."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import orjson

from hub.delivery.domain.connector.definition import Answers, Mode
from hub.delivery.domain.connector.http_message import Answer
from hub.delivery.domain.connector.request_builder import value
from hub.kernel.errors import HubError, Rejected, Unavailable, Uncertain
from hub.kernel.xml_body import elements

_UNDECIDED = HTTPStatus.INTERNAL_SERVER_ERROR


def told(answer: Answer, element: str = "") -> dict[str, Any]:
    """What JMESPath sees of it: `status`, `headers`, and `body`, which is its JSON or that element
    of its XML, and null for anything else."""
    body = _xml(answer.body, element) if element else _json(answer.body)
    return {"status": answer.status, "headers": dict(answer.headers), "body": body}


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _xml(body: bytes, element: str) -> Any:
    try:
        return elements(element, body)[0]
    except Rejected:
        return None


def problem(
    answer: Answer, rules: Answers, mode: Mode, now: datetime, who: str = "the provider"
) -> HubError | None:
    """Why the action is not done, if it is not. `Unavailable` says how long it should wait, where
    the provider does."""
    said = f"{who} answered {answer.status}"
    asked = retry_after(answer.headers.get("retry-after", ""), now)
    if answer.status in rules.success:
        return None
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return Unavailable(f"{said}: the credentials are not taken")
    if answer.status in rules.retry or _says_later(rules, answer):
        return Unavailable(said, asked)
    if answer.status >= _UNDECIDED or answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return unknown_to(mode, said, asked)
    return Rejected(said)


def unknown_to(mode: Mode, said: str, after: timedelta | None = None) -> HubError:
    """It may have taken effect: whoever drops repeats, or can be asked, is simply asked again."""
    return Uncertain(said) if mode is Mode.AT_MOST_ONCE else Unavailable(said, after)


def retry_after(text: str, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date (RFC 9110, 10.2.3); None for anything else."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 10**9))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta())


def _says_later(rules: Answers, answer: Answer) -> bool:
    scope = told(answer, rules.element)
    return bool(rules.retry_when) and value(rules.retry_when, scope, "answers") is True
