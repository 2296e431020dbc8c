"""Requests made from the OpenAPI document go to the functions as they are deployed, on a hub that
moto plays. No answer is a 5xx, and each is as the document says: status, headers, type and body.

A request that breaks the document is refused, and one that keeps to it is accepted.
"""

from collections.abc import Iterator

import pytest
from requests import Session

from tests.api.generation import check_answer, check_refusal, load_schema, try_route
from tests.api.sender import Proof, Sender
from tests.api.served_hub import serve
from tools.openapi import read_routes

ROUTES = [route["route"] for route in read_routes()]
NO_JSON = {
    "nothing": b"",
    "a part": b"{",
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "null": b"null",
    "a deep list": b"[" * 2000 + b"]" * 2000,
    "a deep situation": b'{"customer":"device#d","situation":%s1%s}' % (b'{"a":' * 500, b"}" * 500),
    "a long number": b'{"customer":"device#d","situation":{"a":%s}}' % (b"9" * 400),
    "many fields": b"a=1&" * 3000,
    "no form": b"%00=%ff&choose",
    "a strange reference": b'{"reference":"r1.e30.\\ud83d\\ude00","response":"viewed"}',
}
"""Bodies that no schema makes."""


@pytest.fixture(scope="module")
def hub() -> Iterator[tuple[Session, Sender]]:
    with serve() as served:
        yield served


@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_is_as_the_document_says(route: str, hub: tuple[Session, Sender]) -> None:
    try_route(load_schema(examples=25), route, lambda case: check_answer(case, *hub))


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_is_refused_as_the_document_says(
    route: str, hub: tuple[Session, Sender]
) -> None:
    schema = load_schema(examples=10, strangers=True)
    try_route(schema, route, lambda case: check_refusal(case, *hub))


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith("POST")])
def test_a_body_that_no_schema_makes_is_answered_as_the_document_says(
    route: str, body: bytes, hub: tuple[Session, Sender]
) -> None:
    session, sender = hub
    method, path = route.split(" ")
    values = {"call": "track", "source": "care", "token": sender.link}
    headers = {"content-type": "application/json"}
    answer = session.post(
        sender.address + path.format_map(values), data=body, headers=headers, auth=Proof(sender)
    )
    operation = load_schema(examples=1)[path][method]
    assert str(answer.status_code) in operation.responses.status_codes
    assert answer.status_code < 500
    operation.validate_response(answer)
