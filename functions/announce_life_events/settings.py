"""The environment of `announce_life_events`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnnounceLifeEventsSettings:
    calendar_table: str
    customer_queue_url: str
    customers_table: str
    time_zone: str
    dead_letters_url: str
    max_receives: int
