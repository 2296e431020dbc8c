"""A call centre with an HTTP API that takes tasks and recognises a repeated one by its key."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import orjson

from hub.delivery.domain.connector.http_message import HttpRequest
from hub.delivery.ports import OutboundHttp
from hub.kernel.errors import HubError, Rejected, Unavailable, Uncertain, Unsettled
from hub.platform.adapters.aws_text import to_json

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class CallCentre:
    """`hub.delivery.ports.CallCentre` over HTTP. One request takes at most `seconds`.

    `secrets` returns `{"call_centre": {"url", "token"}}`.
    """

    def __init__(
        self, secrets: Callable[[], Mapping[str, Any]], http: OutboundHttp, seconds: float = 10
    ) -> None:
        self._secrets = secrets
        self._http = http
        self._seconds = seconds

    def dispatch(self, task: Mapping[str, Any], key: str) -> str:
        """Posts the task with `key` as its `Idempotency-Key`. Returns the task's id over there.

        A timeout raises `Unsettled`, since a repeat does no harm.
        """
        status, body = self._post(to_json(task).encode(), key)
        if status == HTTPStatus.CONFLICT:
            return _parse_task_id(body) or key
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            if task_id := _parse_task_id(body):
                return task_id
            raise Unsettled(f"the call centre answered {status} without an id")
        raise _build_error(status)

    def withdraw(self, task: str) -> bool:
        """Deletes the task. Returns True also if it is gone, False if the API has no such call."""
        status, _ = self._request("DELETE", f"/tasks/{quote(task, safe='')}")
        if status < HTTPStatus.MULTIPLE_CHOICES or status in _GONE:
            return True
        if status in _NOT_OFFERED:
            return False
        raise _build_error(status)

    def _post(self, body: bytes, key: str) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._request("POST", "/tasks", body, headers)

    def _request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = NO_HEADERS
    ) -> tuple[int, bytes]:
        try:
            secret = self._secrets()["call_centre"]
            url, token = f"{secret['url'].rstrip('/')}{path}", secret["token"]
        except (KeyError, TypeError, AttributeError) as error:
            raise Unavailable("the connector secret has no call_centre") from error
        authorized = {"Authorization": f"Bearer {token}", **headers}
        try:
            response = self._http.send(HttpRequest(method, url, authorized, body), self._seconds)
        except Uncertain as error:
            raise Unsettled(f"the call centre: {error.reason}") from error
        return response.status, response.body


_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOT_OFFERED = frozenset({HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
_RETRY_STATUSES = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


def _build_error(status: int) -> HubError:
    reason = f"the call centre answered {status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unsettled(reason)
    return Unavailable(reason) if status in _RETRY_STATUSES else Rejected(reason)


def _parse_task_id(body: bytes) -> str:
    """Returns the `id` of a JSON object, empty for any other body."""
    try:
        task = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    return str(task.get("id") or "") if isinstance(task, dict) else ""
