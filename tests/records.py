"""Records that the adapters carry; what is in them matters little here."""

from datetime import datetime, timedelta
from typing import Any

from hub.kernel.json_types import JsonObject
from hub.model.action_content import content_from_dict
from hub.model.decision import Action, Decision, Timer
from hub.model.episode import Episode
from hub.model.inbound_payload import InboundPayload
from tests.factories import NOON, an_event

NOTHING: JsonObject = {}


def an_action(
    name: str = "a-1", channel: str = "email", what: JsonObject = NOTHING, **given: Any
) -> Action:
    return Action(
        **{
            "id": name,
            "channel": channel,
            "what": content_from_dict(channel, what),
            "customer_id": "c-1",
            "decision_id": "d-1",
            "rule_id": "welcome",
            "strategy": "welcome",
            "state": "",
            "catalogue": 1,
            "decided_at": NOON,
            "expires_at": NOON + timedelta(days=3),
            "correlation_id": "k-1",
            "hops": 0,
            **given,
        }
    )


def a_decision(name: str = "d-1", **given: Any) -> Decision:
    return Decision(
        **{
            "id": name,
            "customer_id": "c-1",
            "event_id": "e-1",
            "event_type": "customer.registered",
            "source": "shop",
            "decided_at": NOON,
            "catalogue": 1,
            "correlation_id": "k-1",
            "receipt": {"sentence": "welcomed"},
            **given,
        }
    )


def an_episode(*decisions: Decision, **given: Any) -> Episode:
    return Episode(
        **{
            "customer_id": "c-1",
            "version": 0,
            "decided_at": NOON,
            "catalogue": 1,
            "surroundings": "",
            "seed": "segue",
            "events": (an_event(),),
            "decisions": decisions or (a_decision(),),
            **given,
        }
    )


def a_timer(name: str = "t-1", due_at: datetime = NOON, **event: Any) -> Timer:
    return Timer(id=name, customer_id="c-1", due_at=due_at, event={"id": "e-2", **event})


def a_delivery(name: str = "s-1", payload: Any = None, **given: Any) -> InboundPayload:
    return InboundPayload(
        **{
            "id": name,
            "source": "shop",
            "received_at": NOON,
            "correlation_id": "k-1",
            "payload": payload,
            **given,
        }
    )
