"""Every date of the years 1 to 9999, in an event of any type, is decided on without an error."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.decisioning.domain.decide import decide
from hub.life_events.domain.occasions import find_occasions
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.catalogues import SEND, a_catalogue, a_policy, a_rule
from tests.factories import HAPPENINGS, NOON, a_customer, an_event

WHEN = (
    "age(customer.person.birthday) >= 0 or days_since(customer.loyalty.since) > 1"
    " or days_until_anniversary(event.day) > 1 or days_until(event.day) > 1"
)
CATALOGUE = a_catalogue(
    *(a_rule(f"r-{n}", SEND, event=type_, when=WHEN) for n, type_ in enumerate(HAPPENINGS)),
    a_policy("frequency_cap", "cap", most={"month": 2}),
    a_policy("quiet_hours", "night", **{"from": "22:00", "to": "08:00"}),
)
EDGES = st.sampled_from([date.min, date.max])
DATES = st.one_of(EDGES, st.dates())
STATED = st.builds(
    lambda day, clock: f"{day.isoformat()}{clock}",
    DATES,
    st.sampled_from(["", "T00:00:00Z", "T23:59:59-14:00", "T00:00:01+14:00", "T12:00:00"]),
)
ZONES = st.sampled_from(["Pacific/Kiritimati", "America/Los_Angeles", "nowhere"])


@given(st.sampled_from(sorted(HAPPENINGS)), DATES, STATED, STATED, ZONES)
def test_an_event_of_any_date_is_decided_on(
    event_type: str, occurred: date, day: str, born: str, zone: str
) -> None:
    happened = min(datetime(occurred.year, occurred.month, occurred.day, tzinfo=UTC), NOON)
    given_properties: dict[str, Any] = {**HAPPENINGS[event_type], "day": day}
    event = an_event(
        event_type,
        occurred_at=happened,
        received_at=NOON,
        properties={**given_properties, "guarantee_until": day},
        traits={"person": {"birthday": born}, "loyalty": {"since": born}},
    )
    customer = a_customer(place={"time_zone": zone})
    result = decide([event], customer, CATALOGUE, NO_SURROUNDINGS, NOON, "s")
    assert len(result.decisions) == 1
    assert {occasion.customer_id for occasion in find_occasions(event)} <= {"c-1"}
