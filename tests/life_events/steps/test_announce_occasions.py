"""The clock ticks every hour; each day in a customer's life is announced to them once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.life_events.steps.announce_occasions import AnnounceOccasions
from hub.messaging.ports import Refusals
from hub.model.customer import Customer
from hub.model.event import Event
from tests import fakes
from tests.factories import an_event
from tests.records import an_episode

BORN: dict[str, Any] = {"person": {"birthday": "1980-11-23"}}


class FullQueue(fakes.CustomerQueue):
    """Takes nothing while `full`; `sent` is all that it took, also what it dropped as a repeat."""

    def __init__(self) -> None:
        super().__init__()
        self.full, self.sent = False, list[Event]()

    def send(self, events: Sequence[Event]) -> Refusals:
        if self.full:
            return dict.fromkeys(range(len(events)), "Throttled")
        self.sent += events
        return super().send(events)


@dataclass
class Hour:
    """The step on fakes. Ann lives in Vienna, where a day begins at 23:00 in UTC."""

    calendar: fakes.Calendar = field(default_factory=fakes.Calendar)
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    queue: FullQueue = field(default_factory=FullQueue)

    def __post_init__(self) -> None:
        ann = Customer(customer_id="c-1", place={"time_zone": "Europe/Vienna"}, **BORN)
        self.customers.write(ann, an_episode())
        self.step = AnnounceOccasions(self.calendar, self.customers, self.queue)

    def told(self, event: Event) -> dict[str, HubError]:
        body = {"source": "segue.event", "detail-type": event.type, "detail": event.to_dict()}
        return dict(self.step([QueueMessage("m-1", body)]))

    def tick(self, time: str) -> dict[str, HubError]:
        body = {"source": "aws.events", "detail-type": "Scheduled Event", "time": time}
        return dict(self.step([QueueMessage("m-2", body)]))

    @property
    def sent(self) -> list[str]:
        return [event.type for event in self.queue.sent]


def test_a_birthday_is_announced_in_the_hour_in_which_it_begins_and_not_again() -> None:
    hub = Hour()
    assert hub.told(an_event(traits=BORN)) == {}
    for hour in ("2026-11-22T22:00:00Z", "2026-11-22T23:00:00Z", "2026-11-23T00:00:00Z"):
        assert hub.tick(hour) == {}
    assert hub.sent == ["birthday.reached"]
    assert hub.queue.sent[0].properties == {"years": 46, "day": "2026-11-23"}


def test_next_year_it_comes_again() -> None:
    hub = Hour()
    hub.told(an_event(traits=BORN))
    hub.tick("2026-11-23T12:00:00Z")
    hub.told(an_event(traits=BORN))
    hub.tick("2027-11-23T12:00:00Z")
    assert [event.properties["years"] for event in hub.queue.sent] == [46, 47]


def test_a_tick_that_comes_late_announces_what_it_would_have_in_time() -> None:
    hub = Hour()
    hub.told(an_event(traits=BORN))
    hub.tick("2026-11-25T12:00:00Z")
    assert hub.sent == []
    hub.tick("2026-11-23T12:00:00Z")
    assert hub.sent == ["birthday.reached"]


def test_what_the_queue_does_not_take_stays_open_for_the_next_try() -> None:
    hub = Hour()
    hub.told(an_event(traits=BORN))
    hub.queue.full = True
    assert set(hub.tick("2026-11-23T12:00:00Z")) == {"m-2"}
    hub.queue.full = False
    assert hub.tick("2026-11-23T12:00:00Z") == {}
    assert hub.sent == ["birthday.reached"]


def test_nobody_is_announced_who_is_not_known_any_more() -> None:
    hub = Hour()
    hub.told(an_event(traits=BORN, customer_id="c-9"))
    assert hub.tick("2026-11-23T12:00:00Z") == {}
    assert hub.sent == []


def test_more_than_one_batch_is_announced_whole() -> None:
    hub = Hour()
    said = {"end_of_life": "2026-11-23"}
    for number in range(250):
        hub.told(an_event("item.purchased", f"e-{number}", properties=said))
    hub.tick("2026-11-23T12:00:00Z")
    assert len({event.id for event in hub.queue.sent}) == 250


@pytest.mark.parametrize(
    "body", [{"detail-type": "Scheduled Event"}, {"detail": {"id": "e-1"}}, {}]
)
def test_what_is_neither_a_tick_nor_an_event_is_refused(body: dict[str, Any]) -> None:
    failures = Hour().step([QueueMessage("m-1", body)])
    assert isinstance(failures["m-1"], Rejected)
