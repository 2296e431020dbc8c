"""Builds a request from its template and a scope, and authorizes it."""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from hub.delivery.domain.connector.body_encoding import (
    CONTENT_TYPES,
    encode_body,
    to_pairs,
    to_text,
)
from hub.delivery.domain.connector.definition import Auth, RequestTemplate
from hub.delivery.domain.connector.http_message import HttpRequest
from hub.kernel.errors import Rejected, Unavailable
from hub.kernel.jmespath_mapping import Mapper
from hub.kernel.standard_webhooks import sign

_BRACES = re.compile(r"{([^{}]+)}")
_HEADER_TEXT = re.compile(r"[\x20-\x7e]*")
_MAPPER = Mapper({})


def evaluate(expression: str, scope: Mapping[str, Any], place: str) -> Any:
    """Evaluates JMESPath on the scope. Problems name `place`."""
    return _MAPPER.evaluate(expression, scope, place)


def build_request(template: RequestTemplate, base: str, scope: Mapping[str, Any]) -> HttpRequest:
    """Builds a request to the address `base`. Raises `Rejected` with the part that has no value."""
    path = _BRACES.sub(lambda match: _build_path_segment(match[1], scope), template.path)
    query = urlencode(to_pairs(_MAPPER.evaluate_tree(template.query, scope, "query")))
    headers = {"Accept": "application/json", "User-Agent": "Segue/1.0"}
    if template.kind:
        headers["Content-Type"] = CONTENT_TYPES[template.kind]
    headers |= {
        name: to_text(value)
        for name, value in _MAPPER.evaluate_tree(template.headers, scope, "headers").items()
    }
    return HttpRequest(
        template.method,
        f"{base.rstrip('/')}{path}{'?' if query else ''}{query}",
        _check_headers(headers),
        _build_body(template, scope),
    )


def authorize(
    request: HttpRequest, auth: Auth, scope: Mapping[str, Any], now: datetime
) -> HttpRequest:
    """Adds the headers that authenticate the hub, from the `secret` or the `token` of the scope.

    Raises `Unavailable` if the secret does not have them.
    """
    headers = dict(request.headers)
    match auth.kind:
        case "oauth2":
            headers["Authorization"] = f"Bearer {scope['token']['access_token']}"
        case "bearer":
            headers["Authorization"] = f"Bearer {_read_secret(auth.credentials, scope)}"
        case "basic":
            pair = ":".join(_read_secret(part, scope) for part in auth.credentials)
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        case "header":
            headers[auth.credentials["name"]] = _read_secret(auth.credentials["value"], scope)
        case "standard_webhooks":
            secret, action_id = _read_secret(auth.credentials, scope), scope["action"]["id"]
            headers |= _sign_body(secret, action_id, now, request.body)
    return replace(request, headers=_check_headers(headers))


def _sign_body(secret: str, action_id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    try:
        return sign(secret, action_id, now, body)
    except ValueError as error:
        raise Unavailable(f"the connector's secret: {error}") from error


def _read_secret(expression: str, scope: Mapping[str, Any]) -> str:
    secret = evaluate(expression, scope, "auth")
    if not isinstance(secret, str) or not secret:
        raise Unavailable(f"the connector's secret has no {expression.removeprefix('secret.')}")
    return secret


def _build_path_segment(expression: str, scope: Mapping[str, Any]) -> str:
    """Builds one segment of a path from any value. Refuses `.` and `..`."""
    text = to_text(evaluate(expression, scope, "path"))
    if not text.strip("."):
        raise Rejected("is missing", expression)
    return quote(text, safe="")


def _build_body(template: RequestTemplate, scope: Mapping[str, Any]) -> bytes:
    if not template.kind:
        return b""
    if isinstance(template.body, str):
        return encode_body(template.kind, evaluate(template.body, scope, "body"))
    return encode_body(
        template.kind, _merge_wildcards(_MAPPER.evaluate_tree(template.body, scope, "body"))
    )


def _merge_wildcards(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Merges the members of `*` into the map that has it, without replacing other members."""
    named = {
        name: _merge_wildcards(node) if isinstance(node, Mapping) else node
        for name, node in tree.items()
        if name != "*"
    }
    return {**tree.get("*", {}), **named}


def _check_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, text in headers.items():
        if not _HEADER_TEXT.fullmatch(text):
            raise Rejected("holds a character that a header cannot hold", name)
    return headers
