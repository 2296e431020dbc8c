"""The event of what became of an offer that the hub served."""

from datetime import datetime

from hub.inbound.domain.answer_ids import SOURCE
from hub.inbound.domain.offer_reference import OfferReference
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject
from hub.kernel.times import to_iso
from hub.measurement.domain.response_tracking import ANONYMOUS
from hub.model.action_trace import TRACE, Trace
from hub.model.event import Event
from hub.model.trust import Trust

RESPONSES = ("viewed", "clicked", "accepted", "dismissed")


def read_response(body: JsonObject) -> str:
    """Raises `Rejected` if `response` is not one of `RESPONSES`."""
    response = body.get("response")
    if response not in RESPONSES:
        close = format_suggestion(find_nearest(str(response), RESPONSES))
        raise Rejected(
            f"{quote_value(response)} is not one of {', '.join(RESPONSES)}{close}", "response"
        )
    return str(response)


def build_response_event(
    reference: OfferReference, response: str, trust: Trust, now: datetime
) -> Event:
    """A repeated response has the same event id."""
    properties = {
        "offer": reference.exposure.arm.offer,
        "channel": reference.exposure.arm.channel,
        "category": reference.category,
        "placement": reference.placement,
        "reference": reference.id,
        "showing": reference.exposure.to_dict(),
    }
    return Event(
        id=f"{reference.id}.{response}",
        type=f"offer.{response}",
        source=SOURCE,
        occurred_at=now,
        received_at=now,
        correlation_id=reference.correlation_id,
        customer_id=reference.customer_id,
        identities=reference.identities,
        trust=trust,
        properties={name: value for name, value in properties.items() if value},
        context={"decision_id": reference.decision_id, TRACE: _build_trace(reference).to_dict()},
    )


def _build_trace(reference: OfferReference) -> Trace:
    return Trace(
        action_id=reference.id,
        customer_id=reference.customer_id or ANONYMOUS,
        decision_id=reference.decision_id,
        decided_at=to_iso(reference.exposure.at),
        channel=reference.exposure.arm.channel,
        offer=reference.exposure.arm.offer,
    )
