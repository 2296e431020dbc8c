"""The call centre: an HTTP API that takes tasks, keyed so that a repeat is the same task."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import orjson

from hub.delivery.domain.connector.http_message import HttpRequest
from hub.delivery.ports import OutboundHttp
from hub.kernel.errors import Rejected, Unavailable, Uncertain
from hub.platform.adapters.aws_text import to_json

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class CallCentre:
    """`hub.delivery.ports.CallCentre`, keyed. A call takes so many seconds at most.

    `secrets` gives `{"call_centre": {"url", "token"}}`.
    """

    def __init__(
        self, secrets: Callable[[], Mapping[str, Any]], http: OutboundHttp, seconds: float = 10
    ) -> None:
        self._secrets = secrets
        self._http = http
        self._seconds = seconds

    def dispatch(self, task: Mapping[str, Any], key: str) -> str:
        """The task's id over there; `key` as the Idempotency-Key. A timeout may be retried."""
        status, body = self._post(to_json(task).encode(), key)
        if status == HTTPStatus.CONFLICT:
            return _parse_task_id(body) or key
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            if found := _parse_task_id(body):
                return found
            raise Unavailable(f"the call centre answered {status} without an id")
        said = f"the call centre answered {status}"
        again = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER
        raise Unavailable(said) if again else Rejected(said)

    def withdraw(self, task: str) -> bool:
        status, _ = self._request("DELETE", f"/tasks/{quote(task, safe='')}")
        if status < HTTPStatus.MULTIPLE_CHOICES or status in _GONE:
            return True
        if status in _NOT_OFFERED:
            return False
        said = f"the call centre answered {status}"
        again = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER
        raise Unavailable(said) if again else Rejected(said)

    def _post(self, body: bytes, key: str) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._request("POST", "/tasks", body, headers)

    def _request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = NO_HEADERS
    ) -> tuple[int, bytes]:
        try:
            place = self._secrets()["call_centre"]
            url, secret = f"{place['url'].rstrip('/')}{path}", place["token"]
        except (KeyError, TypeError, AttributeError) as missing:
            raise Unavailable("the connector secret has no call_centre") from missing
        proven = {"Authorization": f"Bearer {secret}", **headers}
        try:
            answer = self._http.send(HttpRequest(method, url, proven, body), self._seconds)
        except Uncertain as cut_off:
            raise Unavailable(f"the call centre: {cut_off.reason}") from cut_off
        return answer.status, answer.body


_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOT_OFFERED = frozenset({HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def _parse_task_id(body: bytes) -> str:
    """Empty for an answer that is not a JSON object with an id."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    return str(answer.get("id") or "") if isinstance(answer, dict) else ""
