"""Receive: a signed webhook becomes deliveries on the bus, or is refused before anything is kept.

Only what the sender can mend is refused: who it is, its size, its form. What it says is read later.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from hub.domain.definition import Source
from hub.domain.delivery import LARGEST_ON_BUS, Delivery
from hub.domain.errors import TooLarge, Unauthorized, Unavailable
from hub.domain.parcels import Parcel, unpack
from hub.domain.signature import REFUSAL, verify
from hub.domain.signature.sent import Sent
from hub.ports import Bus, Claims, Clock

LARGEST_BODY = 1024 * 1024

Secrets = Mapping[str, Any]


def receive_webhook(
    source_name: str,
    sent: Sent,
    *,
    sources: Callable[[str], Source | None],
    secrets: Callable[[], Secrets],
    claims: Claims,
    bus: Bus,
    clock: Clock,
) -> str | list[str]:
    """Returns the delivery's id once the bus has taken it; those of all where a source sends many.

    Raises `TooLarge`, `Unauthorized`, `Rejected` (not JSON, too deep) or `Unavailable`; in all
    but the last case nothing is enqueued. `secrets` gives the live secrets by source, newest first.
    """
    if len(sent.body) > LARGEST_BODY:
        raise TooLarge(f"the body has more than {LARGEST_BODY} bytes")
    now = clock()
    source = sources(source_name)
    if source is None or source.webhook is None:
        raise Unauthorized(REFUSAL)
    signed_id = verify(source.webhook, sent, _live(secrets(), source.name), now)
    parcels = unpack(source.webhook, sent, signed_id)
    for reason in bus.deliver([_delivery(source, p, now, claims) for p in parcels]).values():
        raise Unavailable(f"the bus did not take the delivery: {reason}")
    ids = [parcel.id for parcel in parcels]
    return ids if source.webhook.each else ids[0]


def _delivery(source: Source, parcel: Parcel, now: datetime, claims: Claims) -> Delivery:
    payload, claim = parcel.payload, ""
    if max(len(parcel.text), len(orjson.dumps(payload))) > LARGEST_ON_BUS:
        payload, claim = None, claims.put(f"{source.name}/{parcel.id}", parcel.text)
    return Delivery(
        id=parcel.id,
        source=source.name,
        received_at=now,
        correlation_id=f"{source.name}:{parcel.id}",
        payload=payload,
        claim=claim,
    )


def _live(secrets: Secrets, name: str) -> Sequence[str]:
    """One text is one secret; whatever else somebody wrote there is none."""
    found = secrets.get(name)
    several = found if isinstance(found, list | tuple) else [found]
    return [secret for secret in several if isinstance(secret, str)]
