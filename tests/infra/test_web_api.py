"""The routes of the HTTP API, and which of them pages of other origins may call."""

from infra.http_routes import read_routes
from tests.infra.template_reader import Template, of_type

PREFLIGHTS = {"OPTIONS /decisions", "OPTIONS /responses", "OPTIONS /v1/{call}"}


def test_the_api_has_these_routes_and_preflights_of_those_alone_that_a_page_posts_to(
    template: Template,
) -> None:
    routes = [route["RouteKey"] for route in of_type(template, "AWS::ApiGatewayV2::Route").values()]
    assert sorted(routes) == sorted([*(route.key for route in read_routes()), *PREFLIGHTS])


def test_the_api_has_no_cors_rules_which_would_hold_for_all_routes(template: Template) -> None:
    [api] = of_type(template, "AWS::ApiGatewayV2::Api").values()
    assert "CorsConfiguration" not in api
