"""What a sender hears back."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from hub.entrypoints.http_api import ANSWER_HEADERS, ApiRequest, Page, respond
from hub.intake.domain.webhook_definition import ApiResponse, ApiResponses
from hub.kernel.errors import Conflict, NotFound, Rejected, TooLarge, Unauthorized, Unavailable


def a_request(body: str | None = '{"id": 1}', **given: Any) -> dict[str, Any]:
    return {
        "headers": {"Webhook-Id": "w-1"},
        "pathParameters": {"source": "shop"},
        "requestContext": {"requestId": "r-1"},
        "body": body,
        "isBase64Encoded": False,
        **given,
    }


def raising(error: Exception) -> Callable[[ApiRequest], str]:
    def answer(_: ApiRequest) -> str:
        raise error

    return answer


def test_what_is_accepted_is_named() -> None:
    answer = respond(a_request(), lambda request: f"{request.path['source']}.1")
    assert answer["statusCode"] == 202
    assert answer["headers"]["content-type"] == "application/json"
    assert json.loads(answer["body"]) == {"accepted": "shop.1"}


def test_an_answer_in_the_senders_own_form_is_given_as_it_is() -> None:
    for given, body in (
        (ApiResponse(200, "text/plain", "77"), "77"),
        (ApiResponse(204, "text/plain"), ""),
    ):
        answer = respond(a_request(), lambda _, given=given: given)  # type: ignore[misc]  # mypy takes no default of a lambda
        assert answer["statusCode"] == given.status
        content_type = "text/plain; charset=utf-8"
        assert answer["headers"] == {**ANSWER_HEADERS, "content-type": content_type}
        assert answer["body"] == body


def test_the_body_is_the_bytes_as_they_were_signed() -> None:
    seen: list[ApiRequest] = []
    raw = b'{"a":  "\xc3\xa9\xff"}'
    encoded = base64.b64encode(raw).decode()
    respond(a_request(encoded, isBase64Encoded=True), lambda r: seen.append(r) or "")  # type: ignore[func-returns-value]  # it notes and says nothing
    respond(a_request('{"b":  "é"}'), lambda r: seen.append(r) or "")  # type: ignore[func-returns-value]  # it notes and says nothing
    assert [request.body for request in seen] == [raw, '{"b":  "é"}'.encode()]
    assert seen[0].headers == {"webhook-id": "w-1"}


@pytest.mark.parametrize("missing", [{"body": None}, {"headers": None}, {"pathParameters": None}])
def test_a_request_may_lack_a_part(missing: dict[str, None]) -> None:
    assert respond(a_request(**missing), lambda _: "x")["statusCode"] == 202


def test_a_body_that_is_not_base64_is_refused() -> None:
    assert respond(a_request("%%%", isBase64Encoded=True), lambda _: "x")["statusCode"] == 400


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (Rejected("is missing", "type"), 400, {"error": "is missing", "field": "type"}),
        (NotFound("nobody"), 404, {"error": "not found"}),
        (TooLarge("is 2 MiB"), 413, {"error": "is 2 MiB", "field": ""}),
        (Unavailable("PutEvents: X"), 503, {"error": "try again later"}),
        (Conflict("PutObject: X"), 503, {"error": "try again later"}),
        (ValueError("ann@example.com"), 500, {"error": "internal error"}),
    ],
)
def test_an_error_is_a_status_and_a_sentence(
    error: Exception, status: int, said: dict[str, str]
) -> None:
    answer = respond(a_request(), raising(error))
    assert answer["statusCode"] == status
    assert json.loads(answer["body"]) == said


def test_what_may_pass_says_when_to_come_back() -> None:
    assert respond(a_request(), raising(Unavailable("x")))["headers"]["retry-after"] == "5"


def test_all_who_are_not_authorized_hear_the_same() -> None:
    heard = [respond(a_request(), raising(Unauthorized(why))) for why in ("old", "unknown source")]
    assert heard[0] == heard[1]
    assert heard[0]["statusCode"] == 401


def test_the_log_names_the_request_and_not_what_was_in_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    request = a_request('{"email": "ann@example.com"}', routeKey="POST /events")
    respond(request, raising(KeyError("ann@example.com")))
    [record] = caplog.records
    facts = vars(record)
    assert (facts["request_id"], facts["error"]) == ("r-1", "KeyError")
    assert facts["route"] == "POST /events"
    assert facts["where"].startswith("test_http_api.py:")
    assert "ann@" not in str(facts)


@pytest.mark.parametrize(
    ("source", "logged"),
    [
        ("shop", "shop"),
        ("call_load", "call_load"),
        ("ann@example.com", None),
        ("07700900123", None),
    ],
)
def test_the_log_names_the_source_of_a_refused_request_and_nothing_else_of_its_address(
    source: str, logged: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = {"source": source, "token": "p1.secret"}
    respond(a_request(pathParameters=path), raising(Unauthorized("old")))
    [record] = caplog.records
    assert vars(record).get("source") == logged
    assert "secret" not in str(vars(record))


def test_the_request_says_by_which_method_and_address_it_came() -> None:
    seen: list[ApiRequest] = []
    context = {"domainName": "hub.example.com", "http": {"method": "PUT"}}
    for query in ("a=%2Fb&c", ""):
        event = a_request(requestContext=context, rawPath="/webhooks/shop", rawQueryString=query)
        respond(event, lambda r: seen.append(r) or "")  # type: ignore[func-returns-value]  # it notes and says nothing
    assert [(request.method, request.url) for request in seen] == [
        ("PUT", "https://hub.example.com/webhooks/shop?a=%2Fb&c"),
        ("PUT", "https://hub.example.com/webhooks/shop"),
    ]


def test_several_deliveries_are_all_named() -> None:
    answer = respond(a_request(), lambda _: ["e1", "e2"])
    assert json.loads(answer["body"]) == {"accepted": ["e1", "e2"]}


def test_a_document_is_served_as_it_is_and_may_be_kept() -> None:
    answer = respond(
        a_request(), lambda _: ApiResponse(200, "text/javascript", "let x", "public, max-age=3600")
    )
    assert answer == {
        "statusCode": 200,
        "headers": {
            **ANSWER_HEADERS,
            "content-type": "text/javascript; charset=utf-8",
            "cache-control": "public, max-age=3600",
        },
        "body": "let x",
    }


CONTRACT: ApiResponses = {
    "accepted": ApiResponse(200, "text/xml", "<Response/>"),
    "rejected": ApiResponse(406),
}


def test_a_vendor_hears_what_he_wants_to_hear_when_he_is_accepted() -> None:
    answer = respond(a_request(), lambda _: "x", lambda _: CONTRACT)
    assert answer == {
        "statusCode": 200,
        "headers": {**ANSWER_HEADERS, "content-type": "text/xml; charset=utf-8"},
        "body": "<Response/>",
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Rejected("is missing", "type"), 406),
        (TooLarge("is 2 MiB"), 413),
        (Unauthorized("old"), 401),
        (Unavailable("PutEvents: X"), 503),
    ],
)
def test_only_what_was_read_and_cannot_be_taken_is_answered_by_contract(
    error: Exception, status: int
) -> None:
    """Before it is known who speaks, nobody hears which sources there are."""
    answer = respond(a_request(), raising(error), lambda _: CONTRACT)
    assert answer["statusCode"] == status
    assert answer == {**respond(a_request(), raising(error)), "statusCode": status}


def test_a_contract_that_cannot_be_read_is_an_error_with_an_answer() -> None:
    def broken(_: ApiRequest) -> ApiResponses:
        raise KeyError("answers")

    assert respond(a_request(), lambda _: "x", broken)["statusCode"] == 500


def test_what_was_asked_for_is_told_as_it_is() -> None:
    answer = respond(a_request(), lambda _: {"found": 1}, lambda _: CONTRACT)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"found": 1})


def test_a_request_says_by_which_route_it_came() -> None:
    answer = respond(a_request(routeKey="POST /events"), lambda request: request.route)
    assert json.loads(answer["body"]) == {"accepted": "POST /events"}


def test_a_page_is_shown_and_neither_kept_nor_told_to_whom_they_go_next() -> None:
    answer = respond(a_request(), lambda _: Page("<p>Grüezi</p>"))
    assert (answer["statusCode"], answer["body"]) == (200, "<p>Grüezi</p>")
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert answer["headers"]["cache-control"] == "no-store"
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    policy = answer["headers"]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "given",
    [
        {"known": 1},
        "accepted",
        Page("<p>1</p>"),
        ApiResponse(200, "text/plain", "77"),
        Unauthorized("old"),
        ValueError("any fault"),
    ],
)
def test_no_browser_keeps_an_answer_or_takes_it_for_something_else(given: Any) -> None:
    answering = raising(given) if isinstance(given, Exception) else lambda _: given
    headers = respond(a_request(), answering)["headers"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    for directive in ("default-src", "base-uri", "frame-ancestors", "object-src"):
        assert f"{directive} 'none'" in headers["content-security-policy"]
