"""Responses that pages of other origins may read, and the preflight requests for them.

Only the routes that a page needs have them. No response allows credentials: the hub uses no
cookies. The API has no rules of its own, because those of an HTTP API hold for all its routes.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus

from hub.entrypoints.http_api import (
    ANSWER_HEADERS,
    Answer,
    AnswerRequest,
    ApiRequest,
    LambdaResponse,
    respond,
    use_default_responses,
)
from hub.intake.domain.webhook_definition import ApiResponses
from hub.kernel.json_types import JsonObject

ANY_ORIGIN = "*"
# The emulator spells them so and would add a second one to another spelling.
ALLOW_ORIGIN, VARY = "Access-Control-Allow-Origin", "Vary"
SECONDS_TO_KEEP = 3600


def allow_any_origin(_: ApiRequest) -> str:
    return ANY_ORIGIN


@dataclass(frozen=True, slots=True)
class CrossOriginRoutes:
    """The routes of a function that pages of other origins call, as `POST /decisions`.

    `headers` are those that a page may send. `find_origin` returns the origin whose pages may read
    the response to a request, or `ANY_ORIGIN`; it may raise what answering the request raises.
    """

    routes: Collection[str]
    headers: Collection[str]
    find_origin: Callable[[ApiRequest], str] = allow_any_origin


def respond_across_origins(
    event: JsonObject,
    answer: AnswerRequest,
    pages: CrossOriginRoutes,
    custom_responses: Callable[[ApiRequest], ApiResponses] = use_default_responses,
) -> LambdaResponse:
    """Responds as `respond`, answers preflight requests, and lets pages read what is for them."""
    route = event.get("routeKey") or ""
    method, _, path = route.partition(" ")
    if method == HTTPMethod.OPTIONS:
        return _answer_preflight(path, pages)
    if route not in pages.routes:
        return respond(event, answer, custom_responses)
    origins = [ANY_ORIGIN]

    def answer_page(request: ApiRequest) -> Answer:
        origins.append(pages.find_origin(request))
        return answer(request)

    response = respond(event, answer_page, custom_responses)
    return {**response, "headers": {**response["headers"], **_allow(origins[-1])}}


def _answer_preflight(path: str, pages: CrossOriginRoutes) -> LambdaResponse:
    """A browser names no site before it sends the request, so every origin may ask."""
    routes = (route.split(" ") for route in pages.routes)
    methods = sorted(method for method, other in routes if other == path)
    permissions = {
        **_allow(ANY_ORIGIN),
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": ", ".join(sorted(pages.headers)),
        "Access-Control-Max-Age": str(SECONDS_TO_KEEP),
    }
    headers = {**ANSWER_HEADERS, **(permissions if methods else {})}
    return {"statusCode": HTTPStatus.NO_CONTENT.value, "headers": headers, "body": ""}


def _allow(origin: str) -> dict[str, str]:
    """A cache that kept the response for one origin would be wrong for another."""
    return {ALLOW_ORIGIN: origin, **({VARY: "Origin"} if origin != ANY_ORIGIN else {})}
