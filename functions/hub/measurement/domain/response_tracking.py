"""Responses: what an event tells of the message it answers, and what is told when none came."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.model.action_trace import TRACE, Trace, read_trace
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.decision_outcome import DecisionOutcome, classify_outcome, is_response
from hub.model.event import Event, follow_up
from hub.profile.domain.contact_history import await_response, end_awaited_responses

DUE, MISSING = "response.due", "response.missing"
ANONYMOUS = "anonymous"


class ResponseResult(NamedTuple):
    """The customer after it, what it says of a decision, and an event that follows."""

    customer: Customer
    marks: tuple[DecisionOutcome, ...] = ()
    emitted: tuple[Event, ...] = ()


def open_response_window(
    customer: Customer, action: Action, event: Event, lasts: timedelta
) -> tuple[Customer, Timer]:
    """The response window of a message: when it ends without a response, that is an event."""
    due_at = action.decided_at + lasts
    ends = _create_follow_up(event, action.trace, DUE, f"{action.id}.due", due_at)
    timer = Timer(id=ends.id, customer_id=action.customer_id, due_at=due_at, event=ends.to_dict())
    return await_response(customer, action.id, action.goal), timer


def track_response(customer: Customer, event: Event, reached: Collection[str]) -> ResponseResult:
    """`reached` are the goals that the event reached: whoever does what a message is for has
    answered it."""
    trace, awaiting = read_trace(event), customer.limits.get("awaiting", {})
    if awaiting:
        done = [name for name, goal in awaiting.items() if goal and goal in reached]
        customer = end_awaited_responses(customer, done)
    if trace is None:
        return ResponseResult(customer)
    if event.type == DUE:
        missing = trace.action_id in customer.limits.get("awaiting", {})
        told = _create_follow_up(
            event, trace, MISSING, f"{trace.action_id}.missing", event.occurred_at
        )
        return ResponseResult(
            end_awaited_responses(customer, [trace.action_id]), emitted=(told,) if missing else ()
        )
    if is_response(event):
        customer = end_awaited_responses(customer, [trace.action_id])
    word = classify_outcome(event)
    return ResponseResult(
        customer, (DecisionOutcome(trace, word, event.occurred_at),) if word else ()
    )


def build_outcome_events(event: Event, marks: Iterable[DecisionOutcome]) -> list[Event]:
    """`decision.converted` and the like, once for each decision and word, for whose decision it
    was."""
    return [
        _create_follow_up(
            event,
            mark.trace,
            f"decision.{mark.kind}",
            f"{mark.trace.action_id}.{mark.kind}",
            mark.at,
        )
        for mark in marks
    ]


def _create_follow_up(
    event: Event, trace: Trace, event_type: str, event_id: str, at: datetime
) -> Event:
    known = trace.customer_id not in ("", ANONYMOUS)
    told = trace.to_dict()
    return follow_up(
        event,
        id=event_id,
        type=event_type,
        at=at,
        customer_id=trace.customer_id if known else None,
        properties={name: value for name, value in told.items() if name != "customer_id"},
        context={TRACE: told, "path": event.path, "cause": event.id},
    )
