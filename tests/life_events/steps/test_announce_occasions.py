"""The clock ticks every hour; each occasion of a customer is announced once."""

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
    """Refuses everything while `full`; `sent` are all accepted events, also repeats."""

    def __init__(self) -> None:
        super().__init__()
        self.full, self.sent = False, list[Event]()

    def send(self, events: Sequence[Event]) -> Refusals:
        if self.full:
            return dict.fromkeys(range(len(events)), "Throttled")
        self.sent += events
        return super().send(events)


@dataclass
class Announcer:
    """The step on fakes. Ann lives in Vienna, where a day begins at 23:00 in UTC."""

    calendar: fakes.Calendar = field(default_factory=fakes.Calendar)
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    queue: FullQueue = field(default_factory=FullQueue)

    def __post_init__(self) -> None:
        ann = Customer(customer_id="c-1", place={"time_zone": "Europe/Vienna"}, **BORN)
        self.customers.write(ann, an_episode())
        self.step = AnnounceOccasions(self.calendar, self.customers, self.queue)

    def receive(self, event: Event) -> dict[str, HubError]:
        body = {"source": "segue.event", "detail-type": event.type, "detail": event.to_dict()}
        return dict(self.step([QueueMessage("m-1", body)]))

    def tick(self, time: str) -> dict[str, HubError]:
        body = {"source": "aws.events", "detail-type": "Scheduled Event", "time": time}
        return dict(self.step([QueueMessage("m-2", body)]))

    @property
    def sent(self) -> list[str]:
        return [event.type for event in self.queue.sent]


def test_a_birthday_is_announced_in_the_hour_in_which_it_begins_and_not_again() -> None:
    announcer = Announcer()
    assert announcer.receive(an_event(traits=BORN)) == {}
    for hour in ("2026-11-22T22:00:00Z", "2026-11-22T23:00:00Z", "2026-11-23T00:00:00Z"):
        assert announcer.tick(hour) == {}
    assert announcer.sent == ["birthday.reached"]
    assert announcer.queue.sent[0].properties == {"years": 46, "day": "2026-11-23"}


def test_a_birthday_comes_again_next_year() -> None:
    announcer = Announcer()
    announcer.receive(an_event(traits=BORN))
    announcer.tick("2026-11-23T12:00:00Z")
    announcer.receive(an_event(traits=BORN))
    announcer.tick("2027-11-23T12:00:00Z")
    assert [event.properties["years"] for event in announcer.queue.sent] == [46, 47]


def test_a_late_tick_announces_what_it_would_have_announced_in_time() -> None:
    announcer = Announcer()
    announcer.receive(an_event(traits=BORN))
    announcer.tick("2026-11-25T12:00:00Z")
    assert announcer.sent == []
    announcer.tick("2026-11-23T12:00:00Z")
    assert announcer.sent == ["birthday.reached"]


def test_an_event_that_the_queue_refuses_is_sent_at_the_next_try() -> None:
    announcer = Announcer()
    announcer.receive(an_event(traits=BORN))
    announcer.queue.full = True
    assert set(announcer.tick("2026-11-23T12:00:00Z")) == {"m-2"}
    announcer.queue.full = False
    assert announcer.tick("2026-11-23T12:00:00Z") == {}
    assert announcer.sent == ["birthday.reached"]


def test_an_occasion_of_an_unknown_customer_is_not_announced() -> None:
    announcer = Announcer()
    announcer.receive(an_event(traits=BORN, customer_id="c-9"))
    assert announcer.tick("2026-11-23T12:00:00Z") == {}
    assert announcer.sent == []


def test_more_than_one_batch_is_announced_completely() -> None:
    announcer = Announcer()
    properties = {"end_of_life": "2026-11-23"}
    for number in range(250):
        announcer.receive(an_event("item.purchased", f"e-{number}", properties=properties))
    announcer.tick("2026-11-23T12:00:00Z")
    assert len({event.id for event in announcer.queue.sent}) == 250


@pytest.mark.parametrize(
    "body", [{"detail-type": "Scheduled Event"}, {"detail": {"id": "e-1"}}, {}]
)
def test_a_message_that_is_neither_tick_nor_event_is_refused(body: dict[str, Any]) -> None:
    failures = Announcer().step([QueueMessage("m-1", body)])
    assert isinstance(failures["m-1"], Rejected)
