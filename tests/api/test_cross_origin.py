"""Which routes pages of other origins may call, as the functions answer that are deployed."""

from collections.abc import Iterator

import pytest
from requests import Response, Session

from answer.handler import PAGES as ANSWER_PAGES
from infra import http_routes
from receive_webhook.handler import PAGES as RECEIVER_PAGES
from tests.api.sender import VISITOR, Sender
from tests.api.served_hub import serve

ROUTES = [pytest.param(route, id=route.key) for route in http_routes.read_routes()]
FOR_PAGES = {
    *("POST /decisions", "POST /responses", "GET /segue.js"),
    *("POST /v1/{call}", "GET /v1/projects/{key}/settings"),
}
EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def hub() -> Iterator[tuple[Session, Sender]]:
    with serve() as served:
        yield served


def allowed_origin(response: Response) -> str | None:
    return response.headers.get("access-control-allow-origin")


def test_the_definitions_name_the_routes_that_the_functions_open_to_pages() -> None:
    defined = {route.key for route in http_routes.read_routes() if route.is_cross_origin}
    assert defined == FOR_PAGES == {*ANSWER_PAGES.routes, *RECEIVER_PAGES.routes}


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_is_readable_from_other_origins_only_if_pages_need_it(
    route: http_routes.RouteDefinition, hub: tuple[Session, Sender]
) -> None:
    session, sender = hub
    path = route.path.replace("{", "").replace("}", "")
    response = session.request(route.method, sender.address + path, headers={"origin": EVIL})
    assert allowed_origin(response) == ("*" if route.key in FOR_PAGES else None)
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("route", ROUTES)
def test_a_browser_that_asks_first_is_answered_only_where_a_page_posts(
    route: http_routes.RouteDefinition, hub: tuple[Session, Sender]
) -> None:
    session, sender = hub
    path = route.path.replace("{", "").replace("}", "")
    asked = {"origin": EVIL, "access-control-request-method": route.method}
    response = session.options(sender.address + path, headers=asked)
    if route.key in FOR_PAGES and route.method == "POST":
        assert response.status_code == 204
        assert allowed_origin(response) == "*"
        assert response.headers["access-control-allow-methods"] == "POST"
        assert "content-type" in response.headers["access-control-allow-headers"]
    else:
        assert response.status_code == 404
        assert allowed_origin(response) is None


def test_the_response_to_a_page_of_a_site_is_for_that_origin_alone(
    hub: tuple[Session, Sender],
) -> None:
    session, sender = hub
    asked = {"site": sender.site, "visitor": VISITOR, "placement": "home"}
    reported = {"site": sender.site, "reference": sender.page_reference, "response": "viewed"}
    for path, body, status in (
        ("/decisions", asked, 200),
        ("/decisions", {**asked, "placement": ""}, 400),
        ("/responses", reported, 202),
    ):
        address, origin = f"{sender.address}{path}", {"origin": sender.origin}
        response = session.post(address, json=body, headers=origin)
        assert response.status_code == status
        assert (allowed_origin(response), response.headers["vary"]) == (sender.origin, "Origin")
        elsewhere = session.post(address, json=body, headers={"origin": EVIL})
        assert (elsewhere.status_code, allowed_origin(elsewhere)) == (401, "*")


def test_the_response_to_an_application_in_a_browser_is_for_any_origin(
    hub: tuple[Session, Sender],
) -> None:
    session, sender = hub
    headers = {"origin": EVIL, "authorization": f"Bearer {sender.api_key}"}
    asked = {"customer": "device#D-77", "placement": "home"}
    response = session.post(f"{sender.address}/decisions", json=asked, headers=headers)
    assert (response.status_code, allowed_origin(response)) == (200, "*")
