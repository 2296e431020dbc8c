"""Pages of other origins read what is for them, and nothing else."""

from typing import Any

import pytest

from hub.entrypoints.cross_origin import CrossOriginRoutes, respond_across_origins
from hub.entrypoints.http_api import ANSWER_HEADERS, ApiRequest
from hub.intake.domain.webhook_definition import ApiResponse
from hub.kernel.errors import Rejected, Unauthorized
from tests.entrypoints.test_http_api import a_request, raising

SHOP = "https://shop.example.com"
PAGES = CrossOriginRoutes({"POST /decisions", "GET /decisions"}, {"content-type", "authorization"})
OF_SHOP = CrossOriginRoutes(PAGES.routes, PAGES.headers, lambda _: SHOP)


def respond(event: dict[str, Any], pages: CrossOriginRoutes = PAGES) -> dict[str, Any]:
    return respond_across_origins(event, lambda _: "x", pages)


def cors_headers(response: dict[str, Any]) -> dict[str, str]:
    names = [name.lower() for name in response["headers"]]
    assert len(names) == len(set(names))
    return {
        name: value
        for name, value in response["headers"].items()
        if name.lower() == "vary" or name.lower().startswith("access-control-")
    }


def test_a_route_for_pages_is_readable_from_any_origin() -> None:
    response = respond(a_request(routeKey="POST /decisions"))
    assert response["statusCode"] == 202
    assert cors_headers(response) == {"Access-Control-Allow-Origin": "*"}
    assert response["headers"].keys() >= ANSWER_HEADERS.keys()


def test_where_the_origin_is_known_it_alone_may_read() -> None:
    response = respond(a_request(routeKey="POST /decisions"), OF_SHOP)
    assert cors_headers(response) == {"Access-Control-Allow-Origin": SHOP, "Vary": "Origin"}


@pytest.mark.parametrize("route", ["POST /render", "GET /responses", "", None])
def test_no_other_route_is_readable(route: str | None) -> None:
    response = respond(a_request(routeKey=route), OF_SHOP)
    assert response["statusCode"] == 202
    assert cors_headers(response) == {}


def test_a_refusal_is_for_whom_the_response_would_be() -> None:
    event = a_request(routeKey="POST /decisions")
    for error, status in ((Unauthorized("no"), 401), (ValueError("bug"), 500)):
        response = respond_across_origins(event, raising(error), OF_SHOP)
        assert response["statusCode"] == status
        assert cors_headers(response)["Access-Control-Allow-Origin"] == SHOP


def test_where_the_origin_cannot_be_found_the_error_is_readable() -> None:
    def find_origin(_: ApiRequest) -> str:
        raise Rejected("the body is not JSON")

    pages = CrossOriginRoutes(PAGES.routes, PAGES.headers, find_origin)
    response = respond(a_request(routeKey="POST /decisions"), pages)
    assert response["statusCode"] == 400
    assert cors_headers(response) == {"Access-Control-Allow-Origin": "*"}


def test_a_sender_s_own_response_stays_as_it_is() -> None:
    response = respond_across_origins(
        a_request(routeKey="POST /decisions"),
        lambda _: "x",
        PAGES,
        lambda _: {"accepted": ApiResponse(200, "text/plain", "OK")},
    )
    assert (response["statusCode"], response["body"]) == (200, "OK")


def test_a_preflight_tells_what_a_page_may_send_without_asking_the_function() -> None:
    event = a_request(routeKey="OPTIONS /decisions")
    response = respond_across_origins(event, raising(AssertionError("it was asked")), OF_SHOP)
    assert (response["statusCode"], response["body"]) == (204, "")
    assert cors_headers(response) == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": "3600",
    }


def test_a_preflight_of_another_route_permits_nothing() -> None:
    for route in ("OPTIONS /render", "OPTIONS /decisions/", "OPTIONS "):
        assert cors_headers(respond(a_request(routeKey=route))) == {}
