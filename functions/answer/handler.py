"""answer: the HTTP API for offers, customers and preferences.

`POST /decisions` and `POST /responses` are for pages, apps and agents' screens, `GET /segue.js` is
the script of pages. `POST /render` is for systems that send messages of their own. `GET
/customers/{namespace}/{value}` is the single customer view. `/preferences/{token}` is the
preference centre.
"""

from collections.abc import Mapping
from functools import cache
from http import HTTPMethod, HTTPStatus
from pathlib import Path
from typing import Any

import orjson

from answer.wiring import change_preferences, serve_offers, serve_page_offers, view_customer
from hub.entrypoints.cross_origin import ANY_ORIGIN, CrossOriginRoutes, respond_across_origins
from hub.entrypoints.http_api import ApiRequest, Page
from hub.intake.domain.webhook_definition import ApiResponse
from hub.kernel.errors import Rejected
from hub.kernel.json_body import check_nesting


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond_across_origins(event, route_request, PAGES)


def find_origin(request: ApiRequest) -> str:
    """The site's own origin for a page that proves to be one of that site, else any: the response
    to an application or to a page of nobody's holds nothing of a site."""
    if not request.header("origin") or request.method != HTTPMethod.POST:
        return ANY_ORIGIN
    body, origin = _parse_body(request.body), request.header("origin")
    return origin if "site" in body and serve_page_offers().is_page(body, origin) else ANY_ORIGIN


PAGES = CrossOriginRoutes(
    routes=("POST /decisions", "POST /responses", "GET /segue.js"),
    headers=("authorization", "content-type"),
    find_origin=find_origin,
)


def route_request(request: ApiRequest) -> str | Mapping[str, Any] | Page | ApiResponse:
    if request.route == "GET /segue.js":
        return load_script()
    if request.route.endswith("/preferences/{token}"):
        return _serve_preferences(request)
    key = request.header("authorization").removeprefix("Bearer ")
    if request.route.startswith("GET /customers"):
        return view_customer()(request.path, key)
    body = _parse_body(request.body)
    step, credential = (
        (serve_page_offers(), request.header("origin")) if "site" in body else (serve_offers(), key)
    )
    if request.route.endswith("/responses"):
        return step.record_response(body, credential)
    if request.route.endswith("/render"):
        return serve_offers().serve_block(body, key)
    return step.serve_offers(body, credential)


@cache
def load_script() -> ApiResponse:
    text = Path(__file__).with_name("segue.js").read_text()
    return ApiResponse(
        HTTPStatus.OK, "text/javascript; charset=utf-8", text, "public, max-age=3600"
    )


def _serve_preferences(request: ApiRequest) -> Page:
    token = request.path.get("token", "")
    if request.method == "POST":
        content_type = request.header("content-type")
        return Page(change_preferences().apply_choices(token, request.body, content_type))
    return Page(change_preferences().show_page(token))


def _parse_body(body: bytes) -> Mapping[str, Any]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected("the body is not JSON") from error
    if not isinstance(content, dict):
        raise Rejected("the body is not a JSON object")
    check_nesting(content)
    return content
