"""Adds the trace of the action to every event that names one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.measurement.ports import Traces
from hub.model.action_trace import NO_NAMES, TRACE, Trace, find_action_names, read_trace
from hub.model.event import Event
from hub.model.trust import Trust

ANONYMOUS_NAMESPACES = frozenset({"receipt"})


@dataclass(frozen=True, slots=True)
class TraceActions:
    traces: Traces

    def __call__(self, events: Sequence[Event]) -> list[Event]:
        """Returns the same events in the same order, with the trace in their context.

        An event without an identity, such as a sale without a card, gets the customer of the
        action. A trace that a source sent is dropped.
        """
        names = [find_action_names(event) for event in events]
        searched = [name for name in names if name != NO_NAMES]
        results = iter(self.traces.find(searched) if searched else ())
        traces = [next(results) if name != NO_NAMES else None for name in names]
        return [_add_trace(event, trace) for event, trace in zip(events, traces, strict=True)]


def _add_trace(event: Event, trace: Trace | None) -> Event:
    if trace is None and TRACE not in event.context:
        return event
    context = {name: value for name, value in event.context.items() if name != TRACE}
    if trace is None:
        return replace(event, context=context)
    customer_id = event.customer_id or (trace.customer_id if _is_anonymous(event) else "")
    return replace(event, customer_id=customer_id, context={**context, TRACE: trace.to_dict()})


def drop_foreign_trace(event: Event) -> Event:
    """Returns a public event without the trace of an action to somebody else, because anybody may
    name any action."""
    trace = read_trace(event)
    if trace is None or event.trust.proves_person or trace.customer_id == event.customer_id:
        return event
    context = {name: value for name, value in event.context.items() if name != TRACE}
    return replace(event, context=context)


def _is_anonymous(event: Event) -> bool:
    return event.trust is Trust.TRUSTED and event.identities.keys() <= ANONYMOUS_NAMESPACES
