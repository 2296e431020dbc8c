"""CloudEvents 1.0 over HTTP, binary, structured or batched, converted to their JSON form.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import re
from base64 import b64encode
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from hub.intake.domain.envelope_item import EnvelopeItem
from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected, TooLarge
from hub.kernel.json_body import DEEPEST_ENVELOPE, parse_json
from hub.kernel.json_types import Json, JsonObject

VERSION = "1.0"
MOST_EVENTS = 5000

_JSON = re.compile(r"[a-z0-9!#$&^_.+-]+/([a-z0-9!#$&^_.+-]+\+)?json", re.ASCII)
_STRUCTURED, _BATCHED = "application/cloudevents+json", "application/cloudevents-batch+json"
_ID_PARTS = ("source", "id")
_REQUIRED = ("id", "source", "type", "specversion")


def parse_cloud_events(request: SignedRequest, _: datetime) -> list[EnvelopeItem]:
    """Returns each event with its id, which is `source` and `id` together, also in a repeat.

    An event of a batch with a wrong attribute has a fault, which names the attribute after the
    position of the event. Raises `Rejected` for a single event, and for a batch that is no list.
    """
    media_type = _read_media_type(request)
    if media_type == _BATCHED:
        return [
            EnvelopeItem.check(_find_id(event), event, partial(_check_event, prefix=f"{position}."))
            for position, event in enumerate(_parse_batch(request.body))
        ]
    if media_type == _STRUCTURED:
        event = parse_json(request.body)
    elif is_binary(request):
        event = _parse_binary(request)
    else:
        types = f"{_STRUCTURED}, {_BATCHED}, or any with ce- headers"
        raise Rejected(f"is not that of a CloudEvent, which is {types}", "content-type")
    _check_event(event)
    return [EnvelopeItem(_find_id(event), event)]


def is_binary(request: SignedRequest) -> bool:
    """Whether the attributes of the event are in headers."""
    in_body = _read_media_type(request) in (_STRUCTURED, _BATCHED)
    return not in_body and bool(request.header("ce-specversion"))


def _find_id(event: Json) -> str:
    """The id of an event; empty if it lacks a part of it."""
    parts = [event.get(name) for name in _ID_PARTS] if isinstance(event, dict) else []
    texts = [part for part in parts if isinstance(part, str) and part.strip()]
    return " ".join(texts) if len(texts) == len(_ID_PARTS) else ""


def _read_media_type(request: SignedRequest) -> str:
    return request.header("content-type").partition(";")[0].strip().lower()


def _parse_batch(body: bytes) -> list[Json]:
    events = parse_json(body, DEEPEST_ENVELOPE)
    if not isinstance(events, list):
        raise Rejected("is not a list of events", "body")
    if len(events) > MOST_EVENTS:
        raise TooLarge(f"holds more than {MOST_EVENTS} events", "body")
    return events


def _parse_binary(request: SignedRequest) -> dict[str, Json]:
    """Reads the attributes from `ce-` headers and the data from the body."""
    attributes: dict[str, Json] = {
        name.lower().removeprefix("ce-"): _decode_header(value)
        for name, value in request.headers.items()
        if name.lower().startswith("ce-")
    }
    if content_type := request.header("content-type"):
        attributes["datacontenttype"] = content_type
    return {**attributes, **_parse_data(request)} if request.body else attributes


def _decode_header(value: str) -> str:
    """Removes the percent-encoding, and all that UTF-8 cannot encode."""
    return unquote(value).encode(errors="replace").decode()


def _parse_data(request: SignedRequest) -> dict[str, Json]:
    media_type = _read_media_type(request)
    if not media_type or _JSON.fullmatch(media_type):
        return {"data": parse_json(request.body)}
    try:
        return {"data": request.body.decode()}
    except UnicodeDecodeError:
        return {"data_base64": b64encode(request.body).decode()}


def _check_event(event: Json, prefix: str = "") -> None:
    if not isinstance(event, dict):
        raise Rejected("is not a JSON object", prefix.rstrip(".") or "body")
    for name in _REQUIRED:
        if not isinstance(event.get(name), str) or not event[name].strip():
            raise Rejected("is missing: every CloudEvent has it as a text", f"{prefix}{name}")
    if event["specversion"] != VERSION:
        raise Rejected(f"is not {VERSION}, the only supported version", f"{prefix}specversion")
    if "data" in event and "data_base64" in event:
        raise Rejected("is not allowed beside data", f"{prefix}data_base64")
    _check_time(event, f"{prefix}time")


def _check_time(event: JsonObject, field: str) -> None:
    if event.get("time") is None:
        return
    try:
        has_zone = datetime.fromisoformat(event["time"]).tzinfo is not None
    except (TypeError, ValueError):
        has_zone = False
    if not has_zone:
        raise Rejected("is not an RFC 3339 time, such as 2026-11-22T09:30:00Z", field)
