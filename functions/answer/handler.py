"""answer: `POST /decisions` and `POST /responses`, for pages, apps and agents' screens; and
`GET /customers/{namespace}/{value}`, the best view of a customer."""

from collections.abc import Mapping
from typing import Any

import orjson

from answer.desk import answerer, viewer
from hub.domain.errors import Rejected
from hub.entry.http import Request, respond


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(event, answer)


def answer(request: Request) -> str | Mapping[str, Any]:
    key = request.header("authorization").removeprefix("Bearer ")
    if request.route.startswith("GET /customers"):
        return viewer()(request.path, key)
    said = _said(request.body)
    if request.route.endswith("/responses"):
        return answerer().response(said, key)
    return answerer().offers(said, key)


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Rejected("the body is not JSON") from wrong
    if not isinstance(said, dict):
        raise Rejected("the body is not a JSON object")
    return said
