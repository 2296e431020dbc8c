"""Events of things: what they say, and of which thing."""

from typing import Any

import pytest

from hub.kernel.errors import Rejected
from hub.surroundings.domain.thing_fact import is_fact_event, to_fact
from tests.factories import NOON, an_event


@pytest.mark.parametrize(
    ("event_type", "kind", "properties"),
    [
        ("stock.changed", "stock", {"product": "p", "available": 3}),
        ("queue.changed", "queues", {"queue": "p", "free": 1, "waiting": 2}),
        ("promotion.changed", "promotions", {"promotion": "p", "active": True}),
    ],
)
def test_what_is_said_of_a_thing_is_all_but_its_name(
    event_type: str, kind: str, properties: dict[str, Any]
) -> None:
    event = an_event(event_type, properties=properties, customer_id="")
    fact = to_fact(event)
    assert is_fact_event(event)
    assert (fact.kind, fact.name, fact.event_id) == (kind, "p", "e-1")
    assert list(fact.properties.items()) == list(properties.items())[1:]
    assert (fact.as_of, fact.received_at) == (NOON.timestamp() * 1000, NOON)


@pytest.mark.parametrize("properties", [{}, {"product": ""}, {"product": None}, {"product": 7}])
def test_a_thing_without_a_name_is_none(properties: dict[str, Any]) -> None:
    with pytest.raises(Rejected, match="name its product") as rejection:
        to_fact(an_event("stock.changed", properties=properties))
    assert rejection.value.field == "properties.product"


def test_what_happens_to_people_is_of_no_thing() -> None:
    assert not is_fact_event(an_event("order.completed"))
