"""HTTP API requests (payload format 2.0) and the answers to them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson

from hub.entrypoints.log_records import logger, to_log_fields, wrap_unexpected
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import ApiResponse, ApiResponses
from hub.kernel.errors import (
    Conflict,
    HubError,
    NotFound,
    Rejected,
    TooLarge,
    Unauthorized,
    Unavailable,
    Uncertain,
)

LambdaResponse = dict[str, Any]
# Its address is a secret of who was sent it: it is neither kept nor told to whom they go next.
_PAGE_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class ApiRequest(SignedRequest):
    """`body` is the bytes as they were signed; names in `headers` are in lower case.

    `route` is the one of the API that led here, `POST /webhooks/{source}`; `path` fills its braces.
    """

    route: str = ""
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """What a person's browser shows."""

    html: str


def use_default_responses(_: ApiRequest) -> ApiResponses:
    """For entrances whose senders are content with our own statuses."""
    return {}


def respond(
    event: Mapping[str, Any],
    answer: Callable[[ApiRequest], str | Sequence[str] | Mapping[str, Any] | ApiResponse | Page],
    custom_responses: Callable[[ApiRequest], ApiResponses] = use_default_responses,
) -> LambdaResponse:
    """202 with the id that `answer` gives, or the error it raises as a status and one sentence.

    Where it gives an object, an `Answer` or a `Page`, that is what was asked for, and no delivery.
    `contract` says which senders want to hear something else when they are accepted or rejected.
    """
    wanted: ApiResponses = {}
    try:
        request = _request(event)
        wanted = custom_responses(request)
        found = answer(request)
        if isinstance(found, ApiResponse):
            return _to_lambda_response(found)
        if isinstance(found, Mapping):
            return _response(HTTPStatus.OK, found)
        if isinstance(found, Page):
            return {"statusCode": HTTPStatus.OK.value, "headers": _PAGE_HEADERS, "body": found.html}
        accepted = _response(HTTPStatus.ACCEPTED, {"accepted": found})
        return _apply_custom_response(accepted, wanted.get("accepted"))
    except Exception as raised:  # noqa: BLE001 - the sender gets an answer whatever happens
        error = wrap_unexpected(raised)
    request_id = event.get("requestContext", {}).get("requestId", "")
    logger.warning("request refused", extra={"request_id": request_id, **to_log_fields(error)})
    mendable = isinstance(error, Rejected) and not isinstance(error, TooLarge)
    return _apply_custom_response(_refusal(error), wanted.get("rejected") if mendable else None)


def _apply_custom_response(response: LambdaResponse, wanted: ApiResponse | None) -> LambdaResponse:
    if wanted is None:
        return response
    if wanted.body is None:
        return {**response, "statusCode": wanted.status}
    return _to_lambda_response(wanted)


def _to_lambda_response(wanted: ApiResponse) -> LambdaResponse:
    headers = {"content-type": wanted.type}
    headers |= {"cache-control": wanted.kept} if wanted.kept else {}
    return {"statusCode": wanted.status, "headers": headers, "body": wanted.body or ""}


def _request(event: Mapping[str, Any]) -> ApiRequest:
    body = (event.get("body") or "").encode()
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error as wrong:
            raise Rejected("the body is not base64") from wrong
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    method = event.get("requestContext", {}).get("http", {}).get("method", "POST")
    route, path = event.get("routeKey") or "", event.get("pathParameters") or {}
    return ApiRequest(body, headers, method, _url(event), route, path)


def _url(event: Mapping[str, Any]) -> str:
    """The address as it was called, which some vendors sign."""
    query = event.get("rawQueryString") or ""
    domain = event.get("requestContext", {}).get("domainName", "")
    return f"https://{domain}{event.get('rawPath', '')}{'?' if query else ''}{query}"


def _refusal(error: HubError) -> LambdaResponse:
    match error:
        case Unauthorized():
            return _response(HTTPStatus.UNAUTHORIZED, {"error": "unauthorized"})
        case NotFound():
            return _response(HTTPStatus.NOT_FOUND, {"error": "not found"})
        case TooLarge():
            return _response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _to_error_body(error))
        case Rejected():
            return _response(HTTPStatus.BAD_REQUEST, _to_error_body(error))
        case Unavailable() | Conflict() | Uncertain():
            later = _response(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "try again later"})
            later["headers"]["retry-after"] = "5"
            return later
        case _:
            return _response(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "internal error"})


def _to_error_body(error: Rejected) -> dict[str, str]:
    return {"error": error.reason, "field": error.field}


def _response(status: HTTPStatus, body: Mapping[str, Any]) -> LambdaResponse:
    return {
        "statusCode": status.value,
        "headers": {"content-type": "application/json"},
        "body": orjson.dumps(body).decode(),
    }
