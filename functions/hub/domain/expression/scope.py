"""What an expression is evaluated on."""

from dataclasses import dataclass
from datetime import datetime

from hub.domain.customer import Customer
from hub.domain.event import Event


@dataclass(frozen=True, slots=True)
class Scope:
    """One event, the customer it is about, and the present moment (aware, any zone)."""

    event: Event
    customer: Customer
    now: datetime
