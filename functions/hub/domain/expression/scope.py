"""What an expression is evaluated on."""

from dataclasses import dataclass
from datetime import datetime

from hub.domain.customer import Customer
from hub.domain.event import Event
from hub.domain.surroundings import NOTHING_AROUND, Surroundings


@dataclass(frozen=True, slots=True)
class Scope:
    """One event, the customer it is about, the present moment (aware, any zone), and what is going
    on around."""

    event: Event
    customer: Customer
    now: datetime
    surroundings: Surroundings = NOTHING_AROUND
