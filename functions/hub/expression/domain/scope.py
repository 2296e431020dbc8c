"""The data that an expression is evaluated on."""

from datetime import datetime
from typing import NamedTuple

from hub.model.customer import Customer
from hub.model.customer_clock import to_local_time
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings


class Scope(NamedTuple):
    """One event, its customer, the current time (with a time zone) and the surroundings."""

    event: Event
    customer: Customer
    now: datetime
    surroundings: Surroundings = NO_SURROUNDINGS

    @property
    def local_time(self) -> datetime:
        """`now` on the customer's clock."""
        return to_local_time(self.customer, self.now, self.surroundings.owner_zone)
