"""answer: `POST /decisions` and `POST /responses`, for pages, apps and agents' screens; `POST
/render`, for who sends messages of their own; `GET /customers/{namespace}/{value}`, the best view
of a customer; and `/preferences/{token}`, where customers say what they want to hear."""

from collections.abc import Mapping
from typing import Any

import orjson

from answer.desk import answerer, preferences, viewer
from hub.domain.errors import Rejected
from hub.entry.http import Page, Request, respond


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(event, answer)


def answer(request: Request) -> str | Mapping[str, Any] | Page:
    if request.route.endswith("/preferences/{token}"):
        return _preferences(request)
    key = request.header("authorization").removeprefix("Bearer ")
    if request.route.startswith("GET /customers"):
        return viewer()(request.path, key)
    said = _said(request.body)
    if request.route.endswith("/responses"):
        return answerer().response(said, key)
    if request.route.endswith("/render"):
        return answerer().block(said, key)
    return answerer().offers(said, key)


def _preferences(request: Request) -> Page:
    token = request.path.get("token", "")
    if request.method == "POST":
        return Page(preferences().say(token, request.body))
    return Page(preferences().show(token))


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Rejected("the body is not JSON") from wrong
    if not isinstance(said, dict):
        raise Rejected("the body is not a JSON object")
    return said
