"""Tracks the responses to messages, and emits an event if a response is missing."""

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
    """The customer after an event, the outcomes of decisions, and the events that follow."""

    customer: Customer
    marks: tuple[DecisionOutcome, ...] = ()
    emitted: tuple[Event, ...] = ()


def open_response_window(
    customer: Customer, action: Action, event: Event, lasts: timedelta
) -> tuple[Customer, Timer]:
    """Opens the response window of a message. The timer sends `response.due` at its end."""
    due_at = action.decided_at + lasts
    due = _create_follow_up(event, action.trace, DUE, f"{action.id}.due", due_at)
    timer = Timer(id=due.id, customer_id=action.customer_id, due_at=due_at, event=due.to_dict())
    history = customer.contact_history.await_response(action.id, action.goal)
    return customer.with_contact_history(history), timer


def track_response(customer: Customer, event: Event, reached: Collection[str]) -> ResponseResult:
    """Records the responses in an event, and emits `response.missing` if a window ended.

    `reached` are the goals that the event reached. Reaching the goal of a message is a response
    to it.
    """
    trace, history = read_trace(event), customer.contact_history
    if history.awaiting:
        history = history.record_responses(history.find_awaiting(reached))
    if trace is None:
        return ResponseResult(customer.with_contact_history(history))
    if event.type == DUE:
        is_missing = history.is_awaiting_response(trace.action_id)
        event_id = f"{trace.action_id}.missing"
        missing = _create_follow_up(event, trace, MISSING, event_id, event.occurred_at)
        history = history.record_responses([trace.action_id])
        emitted = (missing,) if is_missing else ()
        return ResponseResult(customer.with_contact_history(history), emitted=emitted)
    if is_response(event):
        history = history.record_responses([trace.action_id])
    kind = classify_outcome(event)
    marks = (DecisionOutcome(trace, kind, event.occurred_at),) if kind else ()
    return ResponseResult(customer.with_contact_history(history), marks)


def build_outcome_events(event: Event, marks: Iterable[DecisionOutcome]) -> list[Event]:
    """Builds an event such as `decision.converted` for each outcome, for the decision's customer.

    Its id is the same for every outcome of one kind and decision.
    """
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
    has_customer = trace.customer_id not in ("", ANONYMOUS)
    trace_fields = trace.to_dict()
    return follow_up(
        event,
        id=event_id,
        type=event_type,
        at=at,
        customer_id=trace.customer_id if has_customer else None,
        properties={name: value for name, value in trace_fields.items() if name != "customer_id"},
        context={TRACE: trace_fields, "path": event.path, "cause": event.id},
    )
