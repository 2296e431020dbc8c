"""From a request's template and what is known to the request itself."""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from hub.delivery.domain.connector.body_encoding import CONTENT_TYPES, encoded, pairs, plain
from hub.delivery.domain.connector.definition import Auth, Template
from hub.delivery.domain.connector.http_message import Request
from hub.kernel.errors import Rejected, Unavailable
from hub.kernel.jmespath_mapping import Mapper
from hub.kernel.standard_webhooks import sign

_BRACES = re.compile(r"{([^{}]+)}")
_HEADER_TEXT = re.compile(r"[\x20-\x7e]*")
_MAPPER = Mapper({})


def value(expression: str, scope: Mapping[str, Any], place: str) -> Any:
    return _MAPPER.value(expression, scope, place)


def written(template: Template, base: str, scope: Mapping[str, Any]) -> Request:
    """Raises `Rejected` naming the part that cannot be filled in."""
    path = _BRACES.sub(lambda found: _segment(found[1], scope), template.path)
    query = urlencode(pairs(_MAPPER.tree(template.query, scope, "query")))
    headers = {"Accept": "application/json", "User-Agent": "Segue/1.0"}
    if template.kind:
        headers["Content-Type"] = CONTENT_TYPES[template.kind]
    headers |= {
        name: plain(said) for name, said in _MAPPER.tree(template.headers, scope, "headers").items()
    }
    return Request(
        template.method,
        f"{base.rstrip('/')}{path}{'?' if query else ''}{query}",
        _checked(headers),
        _body(template, scope),
    )


def authorized(request: Request, auth: Auth, scope: Mapping[str, Any], now: datetime) -> Request:
    """With what proves to the provider who asks: of the `secret` in the scope, or its `token`.
    Raises `Unavailable` while the secret lacks it."""
    said = dict(request.headers)
    match auth.kind:
        case "oauth2":
            said["Authorization"] = f"Bearer {scope['token']['access_token']}"
        case "bearer":
            said["Authorization"] = f"Bearer {_secret(auth.said, scope)}"
        case "basic":
            pair = ":".join(_secret(part, scope) for part in auth.said)
            said["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        case "header":
            said[auth.said["name"]] = _secret(auth.said["value"], scope)
        case "standard_webhooks":
            secret, action_id = _secret(auth.said, scope), scope["action"]["id"]
            said |= _signed(secret, action_id, now, request.body)
    return replace(request, headers=_checked(said))


def _signed(secret: str, action_id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    try:
        return sign(secret, action_id, now, body)
    except ValueError as wrong:
        raise Unavailable(f"the connector's secret: {wrong}") from wrong


def _secret(expression: str, scope: Mapping[str, Any]) -> str:
    found = value(expression, scope, "auth")
    if not isinstance(found, str) or not found:
        raise Unavailable(f"the connector's secret has no {expression.removeprefix('secret.')}")
    return found


def _segment(expression: str, scope: Mapping[str, Any]) -> str:
    """One segment of a path, whatever is in the value; never one that means another place."""
    text = plain(value(expression, scope, "path"))
    if not text.strip("."):
        raise Rejected("is missing", expression)
    return quote(text, safe="")


def _body(template: Template, scope: Mapping[str, Any]) -> bytes:
    if not template.kind:
        return b""
    if isinstance(template.body, str):
        return encoded(template.kind, value(template.body, scope, "body"))
    return encoded(template.kind, _spread(_MAPPER.tree(template.body, scope, "body")))


def _spread(tree: Mapping[str, Any]) -> dict[str, Any]:
    """What stands under `*` becomes part of the map it stands in, and takes nobody's place."""
    own = {
        name: _spread(node) if isinstance(node, Mapping) else node
        for name, node in tree.items()
        if name != "*"
    }
    return {**tree.get("*", {}), **own}


def _checked(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, said in headers.items():
        if not _HEADER_TEXT.fullmatch(said):
            raise Rejected("holds what a header cannot", name)
    return headers
