"""Postponed actions: an action that falls into the customer's quiet hours goes out after them.

It stays the same action, and the last look checks it again then.
"""

from dataclasses import replace
from datetime import datetime

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time
from hub.model.action_content import content_from_dict
from hub.model.decision import Action, Timer
from hub.model.event import Event, follow_up

POSTPONED, RESUMED = "action.postponed", "action.resumed"


def build_resume_timer(event: Event) -> Timer:
    """Builds the timer that resumes the action of `action.postponed`.

    Raises `Rejected` if the event has no action or no time `until`.
    """
    until, action = _parse_until(event.properties), parse_postponed_action(event)
    name = f"{action.id}.{until:%Y%m%dT%H%M}"
    resumed = follow_up(
        event,
        id=name,
        type=RESUMED,
        at=until,
        properties={"action": event.properties["action"]},
        context={"path": event.path, "cause": event.id},
        added_hops=0,
    )
    return Timer(id=name, customer_id=event.customer_id, due_at=until, event=resumed.to_dict())


def parse_postponed_action(event: Event) -> Action:
    try:
        return Action.from_dict(event.properties["action"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise Rejected(f"is not an action: {wrong}", "properties.action") from wrong


def anonymize_properties(event: Event) -> dict[str, Json]:
    """Returns the properties that the event keeps when its customer is erased.

    They are the action without personal data, so that the last look ends it like any other. Events
    of other types keep none.
    """
    if event.type not in (POSTPONED, RESUMED):
        return {}
    action = parse_postponed_action(event)
    bare = replace(
        action,
        address="",
        what=content_from_dict(action.channel, {}),
        event={},
        showing={},
        again={},
    )
    until = {name: value for name, value in event.properties.items() if name == "until"}
    return {**until, "action": bare.to_dict()}


def _parse_until(properties: JsonObject) -> datetime:
    try:
        return parse_time(properties["until"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise Rejected(f"is not a time: {wrong}", "properties.until") from wrong
