"""Tracing: whatever names a message of ours, in whichever way, learns whose decision it was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.measurement.ports import Traces
from hub.model.action_trace import NO_NAMES, TRACE, Trace, find_action_names
from hub.model.event import Event

ANONYMOUS_NAMESPACES = frozenset({"receipt"})


@dataclass(frozen=True, slots=True)
class TraceActions:
    traces: Traces

    def __call__(self, events: Sequence[Event]) -> list[Event]:
        """The same events in the same order, with the trace in the context of those that name an
        action. Who says nothing of who they are, as a till does of a sale without a card, is taken
        for the one whom it was sent to. No source can give a trace of its own."""
        names = [find_action_names(event) for event in events]
        asked = [name for name in names if name != NO_NAMES]
        found = iter(self.traces.find(asked) if asked else ())
        traces = [next(found) if name != NO_NAMES else None for name in names]
        return [_add_trace(event, trace) for event, trace in zip(events, traces, strict=True)]


def _add_trace(event: Event, trace: Trace | None) -> Event:
    if trace is None and TRACE not in event.context:
        return event
    context = {name: told for name, told in event.context.items() if name != TRACE}
    if trace is None:
        return replace(event, context=context)
    whose = event.customer_id or (trace.customer_id if _is_anonymous(event) else "")
    return replace(event, customer_id=whose, context={**context, TRACE: trace.to_dict()})


def _is_anonymous(event: Event) -> bool:
    return event.identities.keys() <= ANONYMOUS_NAMESPACES
