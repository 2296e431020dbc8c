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

from answer.desk import change_preferences, serve_offers, serve_page_offers, view_customer
from hub.entrypoints.http_api import ApiRequest, Page, respond
from hub.intake.domain.webhook_definition import ApiResponse
from hub.kernel.errors import Rejected
from hub.kernel.json_body import check_nesting


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(event, route_request)


def route_request(request: ApiRequest) -> str | Mapping[str, Any] | Page | ApiResponse:
    if request.route == "GET /segue.js":
        return load_script()
    if request.route.endswith("/preferences/{token}"):
        return _serve_preferences(request)
    key = request.header("authorization").removeprefix("Bearer ")
    if request.route.startswith("GET /customers"):
        return view_customer()(request.path, key)
    said = _parse_body(request.body)
    desk, proof = (
        (serve_page_offers(), request.header("origin")) if "site" in said else (serve_offers(), key)
    )
    if request.route.endswith("/responses"):
        return desk.record_response(said, proof)
    if request.route.endswith("/render"):
        return serve_offers().serve_block(said, key)
    return desk.serve_offers(said, proof)


@cache
def load_script() -> ApiResponse:
    text = Path(__file__).with_name("segue.js").read_text()
    return ApiResponse(
        HTTPStatus.OK, "text/javascript; charset=utf-8", text, "public, max-age=3600"
    )


def _serve_preferences(request: ApiRequest) -> Page:
    token = request.path.get("token", "")
    if request.method == "POST":
        return Page(change_preferences().apply_choices(token, request.body))
    return Page(change_preferences().show_page(token))


def _parse_body(body: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Rejected("the body is not JSON") from wrong
    if not isinstance(said, dict):
        raise Rejected("the body is not a JSON object")
    check_nesting(said)
    return said
