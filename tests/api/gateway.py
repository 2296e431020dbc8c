"""API Gateway's part: it finds the route of a request and calls its function with an event.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from infra import http_routes
from tools.openapi import read_routes

Handler = Callable[[dict[str, Any], object], dict[str, Any]]
ADDRESS = "https://hub.example.com"
TEXTS = ("application/json", "application/xml", "application/javascript")
"""Beside text/*: what reaches a function as it is, and not as base64."""


class Gateway(HTTPAdapter):
    """A transport of requests on which nothing leaves the process. `functions` are by name."""

    def __init__(self, functions: Mapping[str, Handler]) -> None:
        super().__init__()
        self._functions = functions
        self._routes = [
            (route["route"], _to_pattern(route["route"]), route["function"])
            for route in [*read_routes(), *_list_preflights()]
        ]

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Whatever `timeout`, `verify` and the like are: there is no network."""
        path = decode_path(urlsplit(request.url or "").path)
        for key, pattern, function in self._routes:
            if found := pattern.fullmatch(f"{request.method} {path}"):
                event = to_event(request, key, path, found.groupdict())
                return self._respond(request, self._functions[function](event, None))
        missing = {"statusCode": 404, "headers": {}, "body": '{"message":"Not Found"}'}
        return self._respond(request, missing)

    def _respond(self, request: PreparedRequest, answer: Mapping[str, Any]) -> Response:
        """The answer of a function must be JSON. A HEAD gets no body."""
        answer = json.loads(json.dumps(answer))
        body = b"" if request.method == "HEAD" else answer["body"].encode()
        raw = HTTPResponse(
            BytesIO(body),
            {"content-type": "application/json", **answer["headers"]},
            answer["statusCode"],
            preload_content=False,
        )
        return self.build_response(request, raw)


def open_session(functions: Mapping[str, Handler]) -> Session:
    session = Session()
    session.trust_env = False
    session.mount(ADDRESS, Gateway(functions))
    return session


def to_event(
    request: PreparedRequest, key: str, path: str, parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Payload format 2.0."""
    headers = {name.lower(): _to_text(value) for name, value in request.headers.items()}
    body = read_body(request)
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    packed = headers.get("content-encoding", "identity") != "identity"
    plain = not packed and (media.startswith("text/") or media in TEXTS)
    given = body.decode(errors="replace") if plain else base64.b64encode(body).decode()
    return {
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": urlsplit(request.url or "").query,
        "headers": headers,
        "requestContext": {
            "domainName": urlsplit(ADDRESS).netloc,
            "http": {"method": request.method, "path": path},
            "requestId": "r-1",
        },
        **({"pathParameters": dict(parameters)} if parameters else {}),
        **({"body": given} if body else {}),
        "isBase64Encoded": bool(body) and not plain,
    }


def read_body(request: PreparedRequest) -> bytes:
    """The bytes that are sent. Nothing here sends a stream."""
    body = request.body or b""
    if isinstance(body, str):
        return body.encode()
    assert isinstance(body, bytes)
    return body


def decode_path(path: str) -> str:
    """As an HTTP API decodes it: every escape but that of the percent sign."""
    return "%25".join(unquote(part) for part in re.split("%25", path))


def _list_preflights() -> Iterator[dict[str, str]]:
    """The routes that the infrastructure opens beside those of the document."""
    for route in http_routes.read_routes():
        for method in route.methods:
            if method != route.method:
                yield {"route": f"{method} {route.path}", "function": route.function}


def _to_pattern(route: str) -> re.Pattern[str]:
    """`GET /v1/projects/{key}/settings` -> a pattern with a group `key`."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route)))


def _to_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
