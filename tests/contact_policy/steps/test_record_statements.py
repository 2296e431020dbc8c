"""Words of addresses are stored before anybody decides on the event."""

from typing import Any

from hub.contact_policy.steps.record_statements import RecordStatements
from hub.kernel.contact_details.address_key import make_address_key
from hub.kernel.errors import Unavailable
from hub.model.event import Event
from tests import fakes
from tests.factories import an_event, later

MAIL = "ann@example.com"
KEY = make_address_key("email", MAIL)


def an_email(happened: str, event_id: str = "e-1", **given: Any) -> Event:
    return an_event(f"email.{happened}", event_id, identities={"email": MAIL}, **given)


def a_failure(event_id: str = "e-1", **given: Any) -> Event:
    return an_email("failed", event_id, properties={"permanent": True}, **given)


def test_events_that_say_nothing_need_no_call() -> None:
    store = fakes.AddressRefusalStore()
    assert RecordStatements(store)([an_event(), an_event("order.completed")], {}) == {}
    assert (store.items, store.reads) == ({}, 0)


def test_an_arrival_is_stored_only_where_the_address_had_failed() -> None:
    store = fakes.AddressRefusalStore()
    record = RecordStatements(store)
    assert record([an_email("delivered"), an_email("opened", "e-2")], {}) == {}
    assert store.items == {}
    assert store.reads == 1
    record([a_failure("e-3")], {})
    assert store.find([KEY]).by_key[KEY].keys() == {"delivery"}
    record([an_email("clicked", "e-4", occurred_at=later(hours=1))], {})
    assert not store.find([KEY])


def test_a_failure_and_a_later_arrival_of_one_batch_are_both_stored() -> None:
    store = fakes.AddressRefusalStore()
    RecordStatements(store)([an_email("opened", occurred_at=later(hours=1)), a_failure("e-2")], {})
    assert not store.find([KEY])


def test_in_an_outage_the_events_with_words_fail_and_no_others() -> None:
    store = fakes.AddressRefusalStore()
    store.outage = Unavailable("no table")
    record = RecordStatements(store)
    assert list(record([an_event(), a_failure()], {})) == [1]
    assert list(record([an_email("delivered"), an_event(), a_failure()], {})) == [0, 2]
