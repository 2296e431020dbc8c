"""HTTP API requests (payload format 2.0) and the responses to them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

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
from hub.kernel.json_types import Json, JsonObject

LambdaResponse = dict[str, Json]
_SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NOTHING_ELSE = "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
# Every answer has these, because most of them are about one person, and some addresses are secrets
# of their readers: no cache keeps it, no other site learns its address as a referrer or shows it in
# a frame, and a browser takes it for nothing but its content type.
ANSWER_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; form-action 'none'; {_NOTHING_ELSE}",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
}
PAGE_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    + _NOTHING_ELSE,
}


@dataclass(frozen=True, slots=True)
class ApiRequest(SignedRequest):
    """`body` is the signed bytes; names in `headers` are in lower case.

    `route` is the API's route, `POST /webhooks/{source}`; `path` has the values of its parameters.
    """

    route: str = ""
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page for a person's browser."""

    html: str


Answer = str | Sequence[str] | JsonObject | ApiResponse | Page
AnswerRequest = Callable[[ApiRequest], Answer]


def use_default_responses(_: ApiRequest) -> ApiResponses:
    """Returns no custom response, for senders that accept the hub's own statuses."""
    return {}


def respond(
    event: JsonObject,
    answer: AnswerRequest,
    custom_responses: Callable[[ApiRequest], ApiResponses] = use_default_responses,
) -> LambdaResponse:
    """Returns 202 with the delivery ids that `answer` gives, or the status of the error it raises.

    `answer` may also give an object, an `ApiResponse` or a `Page`, which then is the response.
    `custom_responses` gives the responses that this sender expects if the hub accepts or rejects
    its request. Every response has `ANSWER_HEADERS`, unless it has such a header itself.
    """
    response = _respond(event, answer, custom_responses)
    return {**response, "headers": {**ANSWER_HEADERS, **response["headers"]}}


def _respond(
    event: JsonObject,
    answer: AnswerRequest,
    custom_responses: Callable[[ApiRequest], ApiResponses],
) -> LambdaResponse:
    custom: ApiResponses = {}
    try:
        request = _parse_request(event)
        custom = custom_responses(request)
        return _to_success_response(answer(request), custom.get("accepted"))
    except Exception as raised:  # noqa: BLE001 - the sender gets a response whatever happens
        error = wrap_unexpected(raised)
    _log_refusal(event, error)
    is_sender_known = isinstance(error, Rejected) and not isinstance(error, TooLarge)
    return _apply_custom_response(
        _to_error_response(error), custom.get("rejected") if is_sender_known else None
    )


def _log_refusal(event: JsonObject, error: HubError) -> None:
    """Logs the route as it is defined, because the values in an address may be secret.

    Of these values it logs the source alone, if it can be the name of one.
    """
    request_id = event.get("requestContext", {}).get("requestId", "")
    where = {"request_id": request_id, "route": event.get("routeKey") or ""}
    source = str((event.get("pathParameters") or {}).get("source", ""))
    if _SOURCE_NAME.fullmatch(source):
        where["source"] = source
    logger.warning("request refused", extra={**where, **to_log_fields(error)})


def _to_success_response(result: Answer, custom: ApiResponse | None) -> LambdaResponse:
    if isinstance(result, ApiResponse):
        return _to_lambda_response(result)
    if isinstance(result, Mapping):
        return _to_json_response(HTTPStatus.OK, result)
    if isinstance(result, Page):
        return {"statusCode": HTTPStatus.OK.value, "headers": PAGE_HEADERS, "body": result.html}
    accepted = _to_json_response(HTTPStatus.ACCEPTED, {"accepted": result})
    return _apply_custom_response(accepted, custom)


def _apply_custom_response(response: LambdaResponse, custom: ApiResponse | None) -> LambdaResponse:
    if custom is None:
        return response
    if custom.body is None:
        return {**response, "statusCode": custom.status}
    return _to_lambda_response(custom)


def _to_lambda_response(response: ApiResponse) -> LambdaResponse:
    is_bare_text = response.type.startswith("text/") and "charset" not in response.type
    headers = {"content-type": f"{response.type}; charset=utf-8" if is_bare_text else response.type}
    headers |= {"cache-control": response.kept} if response.kept else {}
    return {"statusCode": response.status, "headers": headers, "body": response.body or ""}


def _parse_request(event: JsonObject) -> ApiRequest:
    body = (event.get("body") or "").encode()
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise Rejected("the body is not base64") from error
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    method = event.get("requestContext", {}).get("http", {}).get("method", "POST")
    route, path = event.get("routeKey") or "", event.get("pathParameters") or {}
    return ApiRequest(body, headers, method, _build_url(event), route, path)


def _build_url(event: JsonObject) -> str:
    """The URL that the sender called, because some vendors sign it."""
    query = event.get("rawQueryString") or ""
    domain = event.get("requestContext", {}).get("domainName", "")
    return f"https://{domain}{event.get('rawPath', '')}{'?' if query else ''}{query}"


def _to_error_response(error: HubError) -> LambdaResponse:
    match error:
        case Unauthorized():
            return _to_json_response(HTTPStatus.UNAUTHORIZED, {"error": "unauthorized"})
        case NotFound():
            return _to_json_response(HTTPStatus.NOT_FOUND, {"error": "not found"})
        case TooLarge():
            return _to_json_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _to_error_body(error))
        case Rejected():
            return _to_json_response(HTTPStatus.BAD_REQUEST, _to_error_body(error))
        case Unavailable() | Conflict() | Uncertain():
            response = _to_json_response(
                HTTPStatus.SERVICE_UNAVAILABLE, {"error": "try again later"}
            )
            response["headers"]["retry-after"] = "5"
            return response
        case _:
            return _to_json_response(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "internal error"})


def _to_error_body(error: Rejected) -> dict[str, str]:
    return {"error": error.reason, "field": error.field}


def _to_json_response(status: HTTPStatus, body: JsonObject) -> LambdaResponse:
    return {
        "statusCode": status.value,
        "headers": {"content-type": "application/json"},
        "body": orjson.dumps(body).decode(),
    }
