"""Receive: a signed webhook becomes one delivery on the bus, or is refused before anything is kept.

Only what the sender can mend is refused: who it is, its size, its JSON. What it says is read later.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.domain.definition import Source
from hub.domain.delivery import LARGEST_ON_BUS, Delivery
from hub.domain.errors import Rejected, TooLarge, Unauthorized, Unavailable
from hub.domain.safe_id import safe_id
from hub.domain.signature import REFUSAL, verify
from hub.ports import Bus, Claims, Clock

LARGEST_BODY = 1024 * 1024
SCHEME = "standard-webhooks"
DEEPEST = 32

Secrets = Mapping[str, str | Sequence[str]]


def receive_webhook(
    source_name: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    sources: Callable[[str], Source | None],
    secrets: Callable[[], Secrets],
    claims: Claims,
    bus: Bus,
    clock: Clock,
) -> str:
    """Returns the delivery's id once the bus has taken it.

    Raises `TooLarge`, `Unauthorized`, `Rejected` (not JSON, too deep) or `Unavailable`; in all
    these cases nothing is enqueued. `secrets` gives the live secrets by source, newest first.
    """
    if len(body) > LARGEST_BODY:
        raise TooLarge(f"the body has more than {LARGEST_BODY} bytes")
    now = clock()
    source = sources(source_name)
    if source is None or source.webhook.get("scheme") != SCHEME:
        raise Unauthorized(REFUSAL)
    given = verify(headers, body, _live(secrets(), source.name), now)
    payload = _parsed(body)
    delivery_id = safe_id(given)
    claim = ""
    if max(len(body), len(orjson.dumps(payload))) > LARGEST_ON_BUS:
        payload, claim = None, claims.put(f"{source.name}/{delivery_id}", body)
    delivery = Delivery(
        id=delivery_id,
        source=source.name,
        received_at=now,
        correlation_id=f"{source.name}:{delivery_id}",
        payload=payload,
        claim=claim,
    )
    for reason in bus.deliver([delivery]).values():
        raise Unavailable(f"the bus did not take the delivery: {reason}")
    return delivery_id


def _live(secrets: Secrets, name: str) -> Sequence[str]:
    found = secrets.get(name, ())
    return [found] if isinstance(found, str) else found


def _parsed(body: bytes) -> Any:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Rejected(f"is not JSON: {wrong.msg} at position {wrong.pos}", "body") from wrong
    level, depth = _containers([payload]), 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Rejected(f"is nested more than {DEEPEST} deep", "body")
        level = [deeper for outer in level for deeper in _containers(outer)]
    return payload


def _containers(outer: Any) -> list[Any]:
    values = outer.values() if isinstance(outer, dict) else outer
    return [inner for inner in values if isinstance(inner, dict | list)]
