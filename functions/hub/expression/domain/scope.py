"""What an expression is evaluated on."""

from datetime import datetime
from typing import NamedTuple

from hub.model.customer import Customer
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings


class Scope(NamedTuple):
    """One event, the customer it is about, the present moment (aware, any zone), and what is going
    on around."""

    event: Event
    customer: Customer
    now: datetime
    surroundings: Surroundings = NO_SURROUNDINGS
