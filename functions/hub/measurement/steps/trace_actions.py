"""Tracing: whatever names a message of ours, in whichever way, learns whose decision it was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.measurement.ports import Traces
from hub.model.action_trace import NAMELESS, TRACE, Trace, named
from hub.model.event import Event

NAMES_NOBODY = frozenset({"receipt"})


@dataclass(frozen=True, slots=True)
class Tracing:
    traces: Traces

    def __call__(self, events: Sequence[Event]) -> list[Event]:
        """The same events in the same order, with the trace in the context of those that name an
        action. Who says nothing of who they are, as a till does of a sale without a card, is taken
        for the one whom it was sent to. No source can give a trace of its own."""
        names = [named(event) for event in events]
        asked = [name for name in names if name != NAMELESS]
        found = iter(self.traces.find(asked) if asked else ())
        traces = [next(found) if name != NAMELESS else None for name in names]
        return [_traced(event, trace) for event, trace in zip(events, traces, strict=True)]


def _traced(event: Event, trace: Trace | None) -> Event:
    if trace is None and TRACE not in event.context:
        return event
    context = {name: told for name, told in event.context.items() if name != TRACE}
    if trace is None:
        return replace(event, context=context)
    whose = event.customer_id or (trace.customer_id if _is_nobodys(event) else "")
    return replace(event, customer_id=whose, context={**context, TRACE: trace.to_dict()})


def _is_nobodys(event: Event) -> bool:
    return event.identities.keys() <= NAMES_NOBODY
