"""Occasions: days that come round in a customer's life or in that of a product.

The hub stores a day when an event has it. It announces the day when it begins where the customer
lives, once per occurrence. A customer born on 29 February has a birthday on the 28th in years
without a 29th. A birthday that a source states as a time is on several pages, and the
customer's calendar says which one counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from hub.kernel.json_types import Json, JsonObject
from hub.model.calendar_day import count_years, drop_midnight, read_day
from hub.model.customer import Customer
from hub.model.customer_clock import to_local_time
from hub.model.event import Event
from hub.model.wall_clock import find_day_start

SOURCE = "calendar"
YEARLY: Mapping[str, str] = {"birthday": "birthday.reached", "anniversary": "anniversary.reached"}
"""Field of `person` -> the type of its yearly event."""
ONE_TIME: Mapping[str, tuple[str, timedelta]] = {
    "guarantee_until": ("guarantee.renewal_due", timedelta(days=30)),
    "replace_after": ("replacement.due", timedelta()),
    "end_of_life": ("product.retired", timedelta()),
}
"""Property of a purchase -> the type of its event, and how long before the day."""
LEAP_DAY, DAY_BEFORE = "02-29", "02-28"
LAST_ZONE_OFFSET, FIRST_ZONE_OFFSET = timedelta(hours=-12), timedelta(hours=14)
ZONE_OFFSETS = LAST_ZONE_OFFSET, timedelta(), FIRST_ZONE_OFFSET
QUOTED = ("item", "product", "description", "invoice", "order")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occasion. `day` is `02-29` if it comes every year and `2027-02-28` if it comes once.

    An occasion that comes once has the `event_id` of the event that had it, and the `properties` of
    that event that its announcement repeats."""

    day: str
    customer_id: str
    kind: str
    event_id: str = ""
    properties: JsonObject = field(default_factory=dict)


def find_occasions(event: Event) -> list[Occasion]:
    """Finds the occasions in an event; values that are no day are ignored."""
    return [*_find_yearly(event), *_find_one_time(event)]


def find_current_days(now: datetime) -> list[date]:
    """Lists the days that it is now somewhere on Earth."""
    first, last = (
        (now.astimezone(UTC) + shift).date() for shift in (LAST_ZONE_OFFSET, FIRST_ZONE_OFFSET)
    )
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def calendar_pages(day: date) -> list[str]:
    """The pages of the calendar with the occasions of that day."""
    yearly = [day.isoformat()[5:]]
    if yearly[0] == DAY_BEFORE and (day + timedelta(days=1)).day == 1:
        yearly.append(LEAP_DAY)
    return [day.isoformat(), *yearly]


def build_announcement(
    occasion: Occasion, customer: Customer, day: date, now: datetime, owner_zone: tzinfo = UTC
) -> Event | None:
    """Builds the event of an occasion of `day`.

    None if it is another day where the customer lives, or if the day was corrected since. The event
    has the same id whenever it is built. It goes to the customer's current id.
    """
    local_time = to_local_time(customer, now, owner_zone)
    if local_time.date() != day:
        return None
    if occasion.kind in YEARLY:
        first = _parse_day(customer.person.get(occasion.kind), local_time.tzinfo)
        if first is None or first.isoformat()[5:] != occasion.day or first >= day:
            return None
        name = f"{customer.customer_id}:{day.year}"
        properties: dict[str, Json] = {"years": count_years(first, day)}
        return _build_event(YEARLY[occasion.kind], name, properties, customer, local_time)
    properties = {**occasion.properties, "told_by": occasion.event_id}
    name = f"{occasion.event_id}:{occasion.day}"
    return _build_event(ONE_TIME[occasion.kind][0], name, properties, customer, local_time)


def _build_event(
    event_type: str, name: str, properties: JsonObject, customer: Customer, local_time: datetime
) -> Event:
    return Event(
        id=f"{SOURCE}:{event_type}:{name}",
        type=event_type,
        source=SOURCE,
        occurred_at=find_day_start(local_time.date(), local_time.tzinfo),
        received_at=local_time.astimezone(UTC),
        correlation_id=f"{SOURCE}:{event_type}:{name}",
        customer_id=customer.customer_id,
        properties={**properties, "day": local_time.date().isoformat()},
    )


def _find_yearly(event: Event) -> Iterator[Occasion]:
    person = event.traits.get("person", {})
    for kind in YEARLY:
        days = {_parse_day(person.get(kind), timezone(shift)) for shift in ZONE_OFFSETS}
        for day in sorted(filter(None, days)):
            yield Occasion(day.isoformat()[5:], event.customer_id, kind)


def _find_one_time(event: Event) -> Iterator[Occasion]:
    quoted = {name: event.properties[name] for name in QUOTED if name in event.properties}
    tomorrow = event.occurred_at.date() + timedelta(days=1)
    for kind, (_, before) in ONE_TIME.items():
        if day := _parse_written_day(event.properties.get(kind)):
            properties = {**quoted, kind: day.isoformat()}
            page = max(day - before, tomorrow).isoformat() if day >= tomorrow else day.isoformat()
            yield Occasion(page, event.customer_id, kind, event.id, properties)


def _parse_written_day(value: object) -> date | None:
    """The date of a day or of a time, in whatever zone it is written."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _parse_day(value: object, zone: tzinfo | None) -> date | None:
    return read_day(drop_midnight(value), zone) if isinstance(value, str) else None
