"""CloudEvents 1.0 over HTTP: binary, structured and batched, each as its JSON form.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected, TooLarge
from hub.kernel.json_body import parse_json

VERSION = "1.0"
MOST_EVENTS = 5000

_JSON = re.compile(r"[a-z0-9!#$&^_.+-]+/([a-z0-9!#$&^_.+-]+\+)?json", re.ASCII)
_STRUCTURED, _BATCHED = "application/cloudevents+json", "application/cloudevents-batch+json"
_REQUIRED = ("id", "source", "type", "specversion")


def parse_cloud_events(request: SignedRequest, _: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Each event with its id: `source` and `id` together name an event, and a repeat of it.

    Raises `Rejected`, naming the attribute, and in a batch the place of the event as well.
    """
    media = _media_type(request)
    if media == _BATCHED:
        events = [
            _check_event(event, f"{place}.") for place, event in enumerate(_batch(request.body))
        ]
    elif media == _STRUCTURED:
        events = [_check_event(parse_json(request.body))]
    elif request.header("ce-specversion"):
        events = [_check_event(_binary(request))]
    else:
        known = f"{_STRUCTURED}, {_BATCHED}, or any with ce- headers"
        raise Rejected(f"is of no CloudEvent, which would be {known}", "content-type")
    return [(f"{event['source']} {event['id']}", event) for event in events]


def _media_type(sent: SignedRequest) -> str:
    return sent.header("content-type").partition(";")[0].strip().lower()


def _batch(body: bytes) -> list[Any]:
    events = parse_json(body)
    if not isinstance(events, list):
        raise Rejected("is no list of events", "body")
    if len(events) > MOST_EVENTS:
        raise TooLarge(f"holds more than {MOST_EVENTS} events", "body")
    return events


def _binary(sent: SignedRequest) -> dict[str, Any]:
    """Attributes in `ce-` headers, the data in the body as its content type says."""
    attributes: dict[str, Any] = {
        name.lower().removeprefix("ce-"): _decode_header(value)
        for name, value in sent.headers.items()
        if name.lower().startswith("ce-")
    }
    if content_type := sent.header("content-type"):
        attributes["datacontenttype"] = content_type
    return {**attributes, **_data(sent)} if sent.body else attributes


def _decode_header(value: str) -> str:
    """Without percent-encoding, and without what has no place in UTF-8."""
    return unquote(value).encode(errors="replace").decode()


def _data(sent: SignedRequest) -> dict[str, Any]:
    media = _media_type(sent)
    if not media or _JSON.fullmatch(media):
        return {"data": parse_json(sent.body)}
    try:
        return {"data": sent.body.decode()}
    except UnicodeDecodeError:
        return {"data_base64": b64encode(sent.body).decode()}


def _check_event(event: Any, place: str = "") -> dict[str, Any]:
    if not isinstance(event, dict):
        raise Rejected("is no JSON object", place.rstrip(".") or "body")
    for name in _REQUIRED:
        if not isinstance(event.get(name), str) or not event[name].strip():
            raise Rejected("is missing: every CloudEvent has it as a text", f"{place}{name}")
    if event["specversion"] != VERSION:
        raise Rejected(f"is not {VERSION}, the version that is read here", f"{place}specversion")
    if "data" in event and "data_base64" in event:
        raise Rejected("stands beside data: one of them must go", f"{place}data_base64")
    _check_time(event, f"{place}time")
    return event


def _check_time(event: Mapping[str, Any], field: str) -> None:
    if event.get("time") is None:
        return
    try:
        has_zone = datetime.fromisoformat(event["time"]).tzinfo is not None
    except (TypeError, ValueError):
        has_zone = False
    if not has_zone:
        raise Rejected("is no RFC 3339 time, such as 2026-11-22T09:30:00Z", field)
