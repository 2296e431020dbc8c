"""Responses: what an event tells of the message it answers, and what is told when none came."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.model.action_trace import TRACE, Trace, read_trace
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.decision_outcome import DecisionOutcome, classify_outcome, is_response
from hub.model.event import Event, follow_up

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
    history = customer.contact_history.await_response(action.id, action.goal)
    return customer.with_contact_history(history), timer


def track_response(customer: Customer, event: Event, reached: Collection[str]) -> ResponseResult:
    """`reached` are the goals that the event reached: whoever does what a message is for has
    answered it."""
    trace, history = read_trace(event), customer.contact_history
    if history.awaiting:
        history = history.record_responses(history.find_awaiting(reached))
    if trace is None:
        return ResponseResult(customer.with_contact_history(history))
    if event.type == DUE:
        missing = history.is_awaiting_response(trace.action_id)
        told = _create_follow_up(
            event, trace, MISSING, f"{trace.action_id}.missing", event.occurred_at
        )
        history = history.record_responses([trace.action_id])
        emitted = (told,) if missing else ()
        return ResponseResult(customer.with_contact_history(history), emitted=emitted)
    if is_response(event):
        history = history.record_responses([trace.action_id])
    word = classify_outcome(event)
    marks = (DecisionOutcome(trace, word, event.occurred_at),) if word else ()
    return ResponseResult(customer.with_contact_history(history), marks)


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
