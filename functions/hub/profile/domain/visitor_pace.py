"""How many events of public sources one customer takes in a minute.

Anybody can send with a public key, as fast as they like. `pace` is the newest minute in which
public events of the customer were received, in minutes since 1970, and how many they were. A
refusal does not count and is always taken.
"""

from collections.abc import Iterable

from hub.kernel.errors import OverLimit
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.event_memory import is_repeat
from hub.profile.domain.trait_kinds import CONSENT

MOST_EVENTS = 600
"""The most public events of one customer in a minute: ten in a second."""
Pace = tuple[int, int]


def count_public_event(pace: Pace, event: Event) -> Pace:
    """Returns the pace after the event. An event of an earlier minute leaves it as it is."""
    if event.trust.proves_person or CONSENT in event.traits:
        return pace
    minute, count = _minute_of(event), pace[1]
    if minute == pace[0]:
        return minute, count + 1
    return (minute, 1) if minute > pace[0] else pace


def check_pace(customer: Customer, events: Iterable[Event]) -> None:
    """Raises `OverLimit` if one of the events, each after those before it, is one too many."""
    pace = customer.pace
    for event in events:
        if event.trust.proves_person or is_repeat(customer, event):
            continue
        pace = count_public_event(pace, event)
        if pace[1] > MOST_EVENTS:
            reason = f"more than {MOST_EVENTS} events of this visitor came in one minute"
            raise OverLimit(reason, "customer")


def _minute_of(event: Event) -> int:
    return int(event.received_at.timestamp()) // 60
