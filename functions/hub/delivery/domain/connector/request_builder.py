"""From a request's template and what is known to the request itself."""

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
    return _MAPPER.evaluate(expression, scope, place)


def build_request(template: RequestTemplate, base: str, scope: Mapping[str, Any]) -> HttpRequest:
    """Raises `Rejected` naming the part that cannot be filled in."""
    path = _BRACES.sub(lambda found: _path_segment(found[1], scope), template.path)
    query = urlencode(to_pairs(_MAPPER.evaluate_tree(template.query, scope, "query")))
    headers = {"Accept": "application/json", "User-Agent": "Segue/1.0"}
    if template.kind:
        headers["Content-Type"] = CONTENT_TYPES[template.kind]
    headers |= {
        name: to_text(said)
        for name, said in _MAPPER.evaluate_tree(template.headers, scope, "headers").items()
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
    """With what proves to the provider who asks: of the `secret` in the scope, or its `token`.
    Raises `Unavailable` while the secret lacks it."""
    said = dict(request.headers)
    match auth.kind:
        case "oauth2":
            said["Authorization"] = f"Bearer {scope['token']['access_token']}"
        case "bearer":
            said["Authorization"] = f"Bearer {_read_secret(auth.credentials, scope)}"
        case "basic":
            pair = ":".join(_read_secret(part, scope) for part in auth.credentials)
            said["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        case "header":
            said[auth.credentials["name"]] = _read_secret(auth.credentials["value"], scope)
        case "standard_webhooks":
            secret, action_id = _read_secret(auth.credentials, scope), scope["action"]["id"]
            said |= _sign_body(secret, action_id, now, request.body)
    return replace(request, headers=_check_headers(said))


def _sign_body(secret: str, action_id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    try:
        return sign(secret, action_id, now, body)
    except ValueError as wrong:
        raise Unavailable(f"the connector's secret: {wrong}") from wrong


def _read_secret(expression: str, scope: Mapping[str, Any]) -> str:
    found = evaluate(expression, scope, "auth")
    if not isinstance(found, str) or not found:
        raise Unavailable(f"the connector's secret has no {expression.removeprefix('secret.')}")
    return found


def _path_segment(expression: str, scope: Mapping[str, Any]) -> str:
    """One segment of a path, whatever is in the value; never one that means another place."""
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
    """What stands under `*` becomes part of the map it stands in, and takes nobody's place."""
    own = {
        name: _merge_wildcards(node) if isinstance(node, Mapping) else node
        for name, node in tree.items()
        if name != "*"
    }
    return {**tree.get("*", {}), **own}


def _check_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, said in headers.items():
        if not _HEADER_TEXT.fullmatch(said):
            raise Rejected("holds what a header cannot", name)
    return headers
