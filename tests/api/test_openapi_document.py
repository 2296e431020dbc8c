"""The OpenAPI document is valid, complete, and made of the definitions as they are now."""

import json
from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from hub.contact_policy.domain.preference_centre import ONE_CLICK
from hub.entrypoints.http_api import ANSWER_HEADERS, PAGE_HEADERS
from hub.inbound.domain.offer_selection import LONGEST_WORD, MOST_OFFERS
from hub.inbound.domain.response_event import RESPONSES
from hub.inbound.steps.serve_offers import LONGEST_ID
from hub.inbound.steps.serve_page_offers import VISITOR_PATTERN
from hub.intake.domain.content_encoding import GZIP, UNENCODED
from hub.intake.domain.segment_tracking import MOST_MESSAGES
from hub.intake.domain.signature import SCHEMES
from hub.intake.domain.webhook_payloads import MOST_EVENTS
from hub.kernel.tokens.sealed_token import LONGEST_TOKEN
from hub.model.channels import CHANNELS, INBOUND_CHANNELS
from infra import http_routes
from infra.function_plans import PLANS
from tools.openapi import DOCUMENT, FOLDER, build_document, format_document, read_api, read_routes
from tools.segue import sources

BODIES = build_document()["components"]["schemas"]


def test_the_document_is_made_of_the_definitions_as_they_are_now() -> None:
    assert DOCUMENT.read_text() == format_document(build_document()), "run `make docs`"


def test_the_document_is_valid() -> None:
    assert [
        error.message for error in OpenAPIV31SpecValidator(build_document()).iter_errors()
    ] == []


def test_every_file_of_a_route_is_named_once() -> None:
    names = read_api()["routes"]
    assert sorted(names) == sorted(path.stem for path in (FOLDER / "routes").glob("*.json"))
    assert len({route["route"] for route in read_routes()}) == len(names)


def test_the_infrastructure_opens_these_routes_to_functions_that_there_are() -> None:
    opened = [route.key for route in http_routes.read_routes()]
    assert opened == [route["route"] for route in read_routes()]
    assert {route.function for route in http_routes.read_routes()} <= PLANS.keys()


def test_every_part_of_the_document_is_used() -> None:
    document = build_document()
    used = set(_find_references(document))
    for kind in ("parameters", "responses", "schemas"):
        for name in document["components"][kind]:
            assert any(one.startswith(f"#/components/{kind}/{name}") for one in used), name
    wanted = {
        name for route in read_routes() for way in route["operation"]["security"] for name in way
    }
    assert wanted == document["components"]["securitySchemes"].keys()


def test_every_route_has_its_own_name_and_summary() -> None:
    operations = [route["operation"] for route in read_routes()]
    for field in ("operationId", "summary"):
        assert len({operation[field] for operation in operations}) == len(operations)
    tags = {tag["name"] for tag in read_api()["tags"]}
    assert {tag for operation in operations for tag in operation["tags"]} == tags


def test_names_and_limits_are_those_of_the_code() -> None:
    question, page = BODIES["OfferQuestion"]["properties"], BODIES["PageQuestion"]["properties"]
    assert question["channel"]["enum"] == [*INBOUND_CHANNELS]
    assert (
        question["limit"]["maximum"]
        == MOST_OFFERS
        == BODIES["Offers"]["properties"]["offers"]["maxItems"]
    )
    assert question["request_id"]["maxLength"] == LONGEST_ID
    assert question["placement"]["maxLength"] == question["tag"]["maxLength"] == LONGEST_WORD
    assert page["visitor"]["pattern"] == f"^{VISITOR_PATTERN.pattern}$"
    report = BODIES["ResponseReport"]["properties"]
    assert report["response"]["enum"] == [*RESPONSES]
    assert report["reference"]["maxLength"] == LONGEST_TOKEN
    assert BODIES["BlockQuestion"]["properties"]["channel"]["enum"] == [*CHANNELS]
    assert BODIES["CloudEvents"]["maxItems"] == MOST_EVENTS
    assert BODIES["TrackingBatch"]["properties"]["batch"]["maxItems"] == MOST_MESSAGES
    [click] = [way for way in BODIES["PreferenceForm"]["anyOf"] if "choose" not in way["required"]]
    assert click["properties"] == {ONE_CLICK[0]: {"const": ONE_CLICK[1]}}
    encoding = read_api()["components"]["parameters"]["ContentEncoding"]["schema"]["enum"]
    assert set(encoding) == GZIP | UNENCODED


def test_the_headers_of_a_page_are_those_of_the_code() -> None:
    page = read_api()["components"]["responses"]["PreferencePage"]
    sent = ANSWER_HEADERS | PAGE_HEADERS
    del sent["content-type"]
    assert {name: header["schema"]["const"] for name, header in page["headers"].items()} == sent


def test_every_signature_scheme_is_in_the_document() -> None:
    """But three: `hmac` names the header in each source, Mailgun signs in the body, and write keys
    have a route of their own."""
    [webhook] = [
        route["operation"] for route in read_routes() if route["route"] == "POST /webhooks/{source}"
    ]
    schemes = {name for way in webhook["security"] for name in way}
    assert schemes == SCHEMES.keys() - {"hmac", "mailgun", "write-key"}


def test_every_answer_that_a_vendor_wants_is_in_the_document() -> None:
    responses = build_document()["paths"]["/webhooks/{source}"]["post"]["responses"]
    for source in sources.read_sources().values():
        webhook = source.definition.get("webhook", {})
        if webhook.get("body") in {"tracking", "cloud-event"}:
            continue
        for answer in webhook.get("answers", {}).values():
            media = answer.get("type", "application/json").partition(";")[0]
            assert media in responses[str(answer["status"])]["content"], source.name


def _find_references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            yield from _find_references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _find_references(value)


def test_the_document_is_json_that_any_tool_reads() -> None:
    assert json.loads(DOCUMENT.read_text())["openapi"].startswith("3.1.")
