"""The Segment HTTP tracking API: the messages of one call of an analytics SDK.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from hashlib import sha256
from urllib.parse import urlsplit

import orjson

from hub.intake.domain.envelope_item import EnvelopeItem
from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected, TooLarge
from hub.kernel.json_body import DEEPEST_ENVELOPE, parse_json
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import to_iso

SEGMENT_SOURCE = "segment"
"""The source of every write key."""

LARGEST_MESSAGE = 32 * 1024
LARGEST_BATCH = 500 * 1024
MOST_MESSAGES = 2500

_KINDS = ("alias", "group", "identify", "page", "screen", "track")
_KIND_OF = {name: kind for kind in _KINDS for name in (kind, kind[0])}
_BATCHES = ("batch", "b", "import")


def parse_messages(request: SignedRequest, now: datetime) -> list[EnvelopeItem]:
    """Returns each message with its id and with the fields that the call shares among all.

    A message without an id counts as a new one. A message of a batch that is too large has a fault.
    Raises `Rejected` or `TooLarge` for the call as a whole.
    """
    call = urlsplit(request.url).path.rpartition("/")[2]
    if len(request.body) > LARGEST_BATCH:
        raise TooLarge(f"has more than {LARGEST_BATCH} bytes", "body")
    if call in _BATCHES:
        return list(_read_batch(parse_json(request.body, DEEPEST_ENVELOPE), now))
    if call not in _KIND_OF:
        calls = ", ".join(sorted((*_KINDS, "batch")))
        raise Rejected(f"there is no call {call[:20]!r}; there are {calls}", "call")
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise Rejected("is not a JSON object", "body")
    message = _remove_write_key({**body, "type": _KIND_OF[call]})
    _check_size(message, "body")
    return [EnvelopeItem(_find_id(message, now, 0), message)]


def _read_batch(body: Json, now: datetime) -> Iterator[EnvelopeItem]:
    messages = body.get("batch") if isinstance(body, dict) else None
    if not isinstance(messages, list):
        raise Rejected("has no list of messages", "batch")
    if len(messages) > MOST_MESSAGES:
        raise TooLarge(f"holds more than {MOST_MESSAGES} messages", "batch")
    for position, message in enumerate(messages):
        if isinstance(message, dict):
            message = _remove_write_key(_add_shared_fields(body, message))  # noqa: PLW2901 the same
        check_size = partial(_check_size, field=f"batch.{position}")
        yield EnvelopeItem.check(_find_id(message, now, position), message, check_size)


def _add_shared_fields(body: JsonObject, message: JsonObject) -> dict[str, Json]:
    shared = {"sentAt": body["sentAt"]} if "sentAt" in body else {}
    contexts = [part.get("context") for part in (body, message)]
    context = {
        name: value for part in contexts if isinstance(part, dict) for name, value in part.items()
    }
    return {**shared, **message, **({"context": context} if context else {})}


def _remove_write_key(message: JsonObject) -> dict[str, Json]:
    return {name: value for name, value in message.items() if name != "writeKey"}


def _check_size(message: Json, field: str) -> None:
    """Raises `TooLarge`."""
    if len(orjson.dumps(message)) > LARGEST_MESSAGE:
        raise TooLarge(f"has more than {LARGEST_MESSAGE} bytes", field)


def _find_id(message: Json, now: datetime, position: int) -> str:
    message_id = message.get("messageId") if isinstance(message, dict) else None
    if isinstance(message_id, str) and message_id:
        return message_id
    content = orjson.dumps([message, to_iso(now), position], option=orjson.OPT_SORT_KEYS)
    return sha256(content).hexdigest()


def build_settings(write_key: str, request: SignedRequest) -> dict[str, Json]:
    """Returns the settings that analytics.js loads first: it sends its events to the same host."""
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
