"""answer: `POST /decisions` and `POST /responses`, for pages, apps and agents' screens, and `GET
/segue.js`, by which a page asks; `POST /render`, for who sends messages of their own; `GET
/customers/{namespace}/{value}`, the best view of a customer; and `/preferences/{token}`, where
customers say what they want to hear."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson

from answer.desk import answerer, pages, preferences, viewer
from hub.entrypoints.http_api import Page, Request, respond
from hub.intake.domain.webhook_definition import Answer
from hub.kernel.errors import Rejected


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(event, answer)


def answer(request: Request) -> str | Mapping[str, Any] | Page | Answer:
    if request.route == "GET /segue.js":
        return script()
    if request.route.endswith("/preferences/{token}"):
        return _preferences(request)
    key = request.header("authorization").removeprefix("Bearer ")
    if request.route.startswith("GET /customers"):
        return viewer()(request.path, key)
    said = _said(request.body)
    desk, proof = (pages(), request.header("origin")) if "site" in said else (answerer(), key)
    if request.route.endswith("/responses"):
        return desk.response(said, proof)
    if request.route.endswith("/render"):
        return answerer().block(said, key)
    return desk.offers(said, proof)


@cache
def script() -> Answer:
    text = Path(__file__).with_name("segue.js").read_text()
    return Answer(HTTPStatus.OK, "text/javascript; charset=utf-8", text, "public, max-age=3600")


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
