"""The hub's own events keep what they follow from."""

from dataclasses import replace

from hub.model.event import Event, follow_up
from tests.factories import NOON, an_event, later
from tests.records import an_action


def test_an_event_that_follows_has_the_customer_and_correlation_id_of_its_cause() -> None:
    cause = an_event(hops=2, received_at=later(hours=1))
    assert follow_up(
        cause, id="v-1", type="wait.ended", at=NOON, properties={"a": 1}, context={"cause": "e-1"}
    ) == Event(
        id="v-1",
        type="wait.ended",
        source="segue",
        occurred_at=NOON,
        received_at=NOON,
        correlation_id="k-e-1",
        customer_id="c-1",
        properties={"a": 1},
        context={"cause": "e-1"},
        hops=3,
    )


def test_an_event_follows_from_an_action_too() -> None:
    action = replace(an_action(), customer_id="c-7", correlation_id="k-7", hops=1)
    event = follow_up(
        action,
        id="x",
        type="x.happened",
        at=NOON,
        received_at=later(hours=1),
        properties={},
        context={},
    )
    assert (event.customer_id, event.correlation_id, event.hops) == ("c-7", "k-7", 2)
    assert (event.occurred_at, event.received_at) == (NOON, later(hours=1))


def test_an_event_that_goes_on_with_its_cause_is_no_hop_and_may_name_another_customer() -> None:
    event = follow_up(
        an_event(hops=2),
        id="x",
        type="x.happened",
        at=NOON,
        properties={},
        context={},
        customer_id="",
        added_hops=0,
    )
    assert (event.customer_id, event.hops) == ("", 2)
