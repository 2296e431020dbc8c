"""What a visitor sends too fast is parked; a refusal and everything proven is taken."""

from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.contact_policy.steps.attach_refusals import AttachRefusals
from hub.decisioning.steps.decide_events import DecideEvents
from hub.kernel.queue_message import QueueMessage
from hub.model.event import Event
from hub.model.trust import Trust
from hub.profile.adapters.customer_table import size_in_bytes
from hub.profile.domain import visitor_pace
from hub.profile.steps.attach_repeats import AttachRepeats
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests import fakes
from tests.catalogues import a_catalogue
from tests.factories import NOON, an_event
from tests.in_memory import InMemoryHub

MOST = 2
LEVELS = (*[Trust.PUBLIC] * 6, Trust.VOUCHED, Trust.TRUSTED)
REFUSAL: dict[str, Any] = {"consent": {"email": {"marketing": False}}}
arrivals = st.lists(
    st.lists(
        st.tuples(st.sampled_from(LEVELS), st.sampled_from((0, 0, 0, 1)), st.integers(0, 3)),
        min_size=1,
        max_size=8,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(arrivals)
def test_each_minute_takes_so_many_public_events(
    batches: list[list[tuple[Trust, int, int]]],
) -> None:
    customers, parked, numbers = fakes.Customers(), fakes.ParkedEvents(), count(1)
    step = DecideEvents(
        customers,
        a_catalogue,
        lambda _: NO_SURROUNDINGS,
        size_in_bytes,
        fakes.FixedClock(),
        InMemoryHub().merger,
        AttachRefusals(fakes.AddressRefusalStore()),
        AttachRepeats(fakes.EventMarks()),
        parked,
    )
    before, visitor_pace.MOST_EVENTS = visitor_pace.MOST_EVENTS, MOST
    newest, taken, expected_parked = -1, 0, set()
    try:
        for batch in batches:
            events = [make_event(f"e-{next(numbers)}", *each) for each in batch]
            messages = [QueueMessage(id=e.id, body=e.to_dict(), group="c-1") for e in events]
            assert step(messages) == {}
            for event, (trust, minute, refusal) in zip(events, batch, strict=True):
                if trust is not Trust.PUBLIC or not refusal or minute < newest:
                    continue
                taken = taken + 1 if minute == newest else 1
                newest = minute
                if taken > MOST:
                    expected_parked.add(event.id)
                    taken = MOST
    finally:
        visitor_pace.MOST_EVENTS = before
    assert {event.id for event, _, _ in parked.items.values()} == expected_parked
    decided = {decision.event_id for decision in customers.decided}
    assert decided.isdisjoint(expected_parked)
    assert len(decided) + len(expected_parked) == sum(map(len, batches))


def make_event(name: str, trust: Trust, minute: int, refusal: int) -> Event:
    """It refuses if `refusal` is 0."""
    at = NOON + timedelta(minutes=minute)
    traits = {} if refusal else REFUSAL
    return an_event(event_id=name, occurred_at=at, received_at=at, trust=trust, traits=traits)
