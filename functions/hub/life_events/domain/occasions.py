"""Life events: days that come round in somebody's life, or in that of what they bought.

A day is noted when an event tells it, and announced when it begins where the customer lives, once
per occurrence. Who was born on 29 February has a birthday on the 28th where there is no 29th.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hub.model.customer import Customer
from hub.model.customer_clock import to_local_time
from hub.model.event import Event

SOURCE = "calendar"
YEARLY: Mapping[str, str] = {"birthday": "birthday.reached", "anniversary": "anniversary.reached"}
"""Field of `person` -> the event that it comes round."""
ONE_TIME: Mapping[str, tuple[str, timedelta]] = {
    "guarantee_until": ("guarantee.renewal_due", timedelta(days=30)),
    "replace_after": ("replacement.due", timedelta()),
    "end_of_life": ("product.retired", timedelta()),
}
"""Property of what was bought -> the event of it, and how long before."""
LEAP_DAY, DAY_BEFORE = "02-29", "02-28"
FIRST_ZONE_OFFSET, LAST_ZONE_OFFSET = timedelta(hours=14), timedelta(hours=-12)
QUOTED = ("item", "product", "description", "invoice", "order")


@dataclass(frozen=True, slots=True)
class Occasion:
    """`day` is `02-29` for what comes every year, and `2027-02-28` for what comes once. `of` is the
    event that told what comes once; `says` is what may be quoted of it."""

    day: str
    customer_id: str
    kind: str
    event_id: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


def find_occasions(event: Event) -> list[Occasion]:
    """The days that an event tells; what is no day is left out."""
    return [*_find_yearly(event), *_find_one_time(event)]


def find_current_days(now: datetime) -> list[date]:
    """The days that it is somewhere on Earth."""
    first, last = (
        (now.astimezone(UTC) + shift).date() for shift in (LAST_ZONE_OFFSET, FIRST_ZONE_OFFSET)
    )
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def calendar_pages(day: date) -> list[str]:
    """Where in the calendar the occasions of that day stand."""
    yearly = [day.isoformat()[5:]]
    if yearly[0] == DAY_BEFORE and (day + timedelta(days=1)).day == 1:
        yearly.append(LEAP_DAY)
    return [day.isoformat(), *yearly]


def build_announcement(
    occasion: Occasion, customer: Customer, day: date, now: datetime
) -> Event | None:
    """The event of an occasion of `day`; None while it is another day where the customer lives, and
    where the day they are said to have is another by now.

    It has the same id whenever it is announced, and the customer's who they are now.
    """
    here = to_local_time(customer, now)
    if here.date() != day:
        return None
    if occasion.kind in YEARLY:
        told = _parse_day(customer.person.get(occasion.kind))
        if told is None or told.isoformat()[5:] != occasion.day or told >= day:
            return None
        name = f"{customer.customer_id}:{day.year}"
        said: dict[str, Any] = {"years": day.year - told.year}
        return _build_event(YEARLY[occasion.kind], name, said, customer, here)
    said = {**occasion.properties, "told_by": occasion.event_id}
    name = f"{occasion.event_id}:{occasion.day}"
    return _build_event(ONE_TIME[occasion.kind][0], name, said, customer, here)


def _build_event(
    event_type: str, name: str, properties: Mapping[str, Any], customer: Customer, here: datetime
) -> Event:
    begun = datetime.combine(here.date(), time.min, here.tzinfo)
    return Event(
        id=f"{SOURCE}:{event_type}:{name}",
        type=event_type,
        source=SOURCE,
        occurred_at=begun.astimezone(UTC),
        received_at=here.astimezone(UTC),
        correlation_id=f"{SOURCE}:{event_type}:{name}",
        customer_id=customer.customer_id,
        properties={**properties, "day": here.date().isoformat()},
    )


def _find_yearly(event: Event) -> Iterator[Occasion]:
    person = event.traits.get("person", {})
    for kind in YEARLY:
        if day := _parse_day(person.get(kind)):
            yield Occasion(day.isoformat()[5:], event.customer_id, kind)


def _find_one_time(event: Event) -> Iterator[Occasion]:
    said = event.properties
    quoted = {name: said[name] for name in QUOTED if name in said}
    tomorrow = event.occurred_at.date() + timedelta(days=1)
    for kind, (_, before) in ONE_TIME.items():
        if day := _parse_day(said.get(kind)):
            says = {**quoted, kind: day.isoformat()}
            page = max(day - before, tomorrow).isoformat() if day >= tomorrow else day.isoformat()
            yield Occasion(page, event.customer_id, kind, event.id, says)


def _parse_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
