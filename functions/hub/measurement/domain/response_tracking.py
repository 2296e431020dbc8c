"""Tracks the responses to messages, and emits an event if a response is missing."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from hub.kernel.duration import parse_duration
from hub.model.action_trace import TRACE, Trace, read_trace
from hub.model.customer import Customer
from hub.model.decision import Timer
from hub.model.decision_outcome import DecisionOutcome, classify_outcome, is_response
from hub.model.event import Event, follow_up

DUE, MISSING = "response.due", "response.missing"
ANONYMOUS = "anonymous"


class ResponseResult(NamedTuple):
    """The customer after an event, the outcomes of decisions, and the events that follow."""

    customer: Customer
    marks: tuple[DecisionOutcome, ...] = ()
    emitted: tuple[Event, ...] = ()


def build_response_timer(customer: Customer, event: Event) -> Timer | None:
    """Builds the timer of the response window that begins when a message was sent.

    `event` is the outcome of the message. The timer sends `response.due` after the duration of the
    property `answer_within`. Returns None if no response is awaited."""
    trace, lasts = read_trace(event), event.properties.get("answer_within")
    if trace is None or not isinstance(lasts, str):
        return None
    if not customer.contact_history.is_awaiting_response(trace.action_id):
        return None
    due_at = event.occurred_at + parse_duration(lasts)
    due = _create_follow_up(event, trace, DUE, f"{trace.action_id}.due", due_at, begins_anew=True)
    return Timer(id=due.id, customer_id=due.customer_id, due_at=due_at, event=due.to_dict())


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
    event: Event,
    trace: Trace,
    event_type: str,
    event_id: str,
    at: datetime,
    *,
    begins_anew: bool = False,
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
        begins_anew=begins_anew,
    )
