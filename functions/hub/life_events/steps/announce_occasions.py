"""Stores the occasions of events and announces each in the hour in which its day begins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice

from hub.kernel.clock_tick import TICK_DETAIL_TYPE, parse_tick
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.life_events.domain.occasions import (
    Occasion,
    build_announcement,
    calendar_pages,
    find_current_days,
    find_occasions,
)
from hub.life_events.ports import Calendar
from hub.messaging.ports import CustomerQueue
from hub.model.event import Event
from hub.profile.ports import Customers

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class AnnounceOccasions:
    """Handles events from the bus and clock ticks in EventBridge's envelope.

    A late tick announces what it would have announced in time. An occasion is marked as announced
    after its event was sent. If a run is interrupted in between, the event is sent again; the
    customer's profile already knows its id.
    """

    calendar: Calendar
    customers: Customers
    queue: CustomerQueue
    owner_zone: tzinfo = UTC

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, self._process)

    def _process(self, message: QueueMessage) -> None:
        body = message.body
        if body.get("detail-type") == TICK_DETAIL_TYPE:
            self._announce(parse_tick(body))
        else:
            self.calendar.note(find_occasions(Event.from_dict(body.get("detail", {}))))

    def _announce(self, now: datetime) -> None:
        due = self._find_due(now)
        while batch := list(islice(due, AT_ONCE)):
            refusals = self.queue.send([event for _, event in batch])
            sent = [pair for index, pair in enumerate(batch) if index not in refusals]
            for occasion, event in sent:
                self.calendar.mark_announced(occasion, event.properties["day"])
            for reason in refusals.values():
                raise Unavailable(f"a life event was not sent: {reason}")

    def _find_due(self, now: datetime) -> Iterator[tuple[Occasion, Event]]:
        for day in find_current_days(now):
            for page in calendar_pages(day):
                for occasion in self.calendar.read_open(page, day.isoformat()):
                    customer = self.customers.read(occasion.customer_id)
                    event = customer and build_announcement(
                        occasion, customer, day, now, self.owner_zone
                    )
                    if event:
                        yield occasion, event
