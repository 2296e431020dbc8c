"""The Segment HTTP tracking API: what one call holds, as the analytics SDKs send it.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import orjson

from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected, TooLarge
from hub.kernel.json_body import parse_json
from hub.kernel.times import to_iso

SEGMENT_SOURCE = "segment"
"""The source that every write key belongs to."""

LARGEST_MESSAGE = 32 * 1024
LARGEST_BATCH = 500 * 1024
MOST_MESSAGES = 2500

_KINDS = ("alias", "group", "identify", "page", "screen", "track")
_KIND_OF = {name: kind for kind in _KINDS for name in (kind, kind[0])}
_BATCHES = ("batch", "b", "import")


def parse_messages(request: SignedRequest, now: datetime) -> list[tuple[str, Any]]:
    """Each message with its id, complete: what the call says of all of them stands in each.

    A message without an id is one of its own. Raises `Rejected` or `TooLarge`.
    """
    call = urlsplit(request.url).path.rpartition("/")[2]
    if len(request.body) > LARGEST_BATCH:
        raise TooLarge(f"has more than {LARGEST_BATCH} bytes", "body")
    body = parse_json(request.body)
    if call in _BATCHES:
        return [_identify(message, now, n) for n, message in enumerate(_batch(body))]
    if call not in _KIND_OF:
        known = ", ".join(sorted((*_KINDS, "batch")))
        raise Rejected(f"there is no call {call[:20]!r}; there are {known}", "call")
    if not isinstance(body, dict):
        raise Rejected("is no JSON object", "body")
    return [_identify(_check_size({**body, "type": _KIND_OF[call]}, "body"), now, 0)]


def _batch(body: Any) -> Iterator[Any]:
    found = body.get("batch") if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise Rejected("holds no list of messages", "batch")
    if len(found) > MOST_MESSAGES:
        raise TooLarge(f"holds more than {MOST_MESSAGES} messages", "batch")
    return (
        _check_size(
            _add_shared_fields(body, message) if isinstance(message, dict) else message,
            f"batch.{place}",
        )
        for place, message in enumerate(found)
    )


def _add_shared_fields(body: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    shared = {"sentAt": body["sentAt"]} if "sentAt" in body else {}
    contexts = [part.get("context") for part in (body, message)]
    context = {name: v for part in contexts if isinstance(part, dict) for name, v in part.items()}
    return {**shared, **message, **({"context": context} if context else {})}


def _check_size(message: Any, field: str) -> Any:
    """The message without the key it was let in by, if it is no longer than one may be."""
    if isinstance(message, dict):
        message = {name: value for name, value in message.items() if name != "writeKey"}
    if len(orjson.dumps(message)) > LARGEST_MESSAGE:
        raise TooLarge(f"has more than {LARGEST_MESSAGE} bytes", field)
    return message


def _identify(message: Any, now: datetime, place: int) -> tuple[str, Any]:
    given = message.get("messageId") if isinstance(message, dict) else None
    if isinstance(given, str) and given:
        return given, message
    told = orjson.dumps([message, to_iso(now), place], option=orjson.OPT_SORT_KEYS)
    return sha256(told).hexdigest(), message


def build_settings(write_key: str, request: SignedRequest) -> dict[str, Any]:
    """What analytics.js asks a CDN for before it starts: that its events go where it asked."""
    host = urlsplit(request.url).netloc
    destination = {
        "apiKey": write_key,
        "apiHost": f"{host}/v1",
        "addBundledMetadata": True,
        "unbundledIntegrations": [],
        "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
    }
    return {
        "integrations": {"Segment.io": destination},
        "plan": {
            "track": {"__default": {"enabled": True, "integrations": {}}},
            "identify": {"__default": {"enabled": True}},
            "group": {"__default": {"enabled": True}},
        },
        "edgeFunction": {},
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
