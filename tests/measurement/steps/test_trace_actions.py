"""Whatever names a message of ours learns whose decision it was."""

from typing import Any

import pytest

from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.measurement.steps.trace_actions import TraceActions
from hub.model.action_trace import ActionNames, find_action_names, read_trace
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code
from tests import fakes
from tests.factories import NOON, an_event
from tests.records import an_action

ACTION = an_action("a-1", offer="beans")


def traced(**said: Any) -> Event:
    ledger = fakes.ActionLedger()
    ledger.attempt(ACTION, NOON)
    ledger.settle(ACTION, LedgerEntry(ActionStatus.DELIVERED, NOON, reference="mail-1"))
    event = an_event(
        "email.opened", **{"customer_id": "", "identities": {"email": "a@x.org"}, **said}
    )
    (found,) = TraceActions(ledger)([event])
    return found


@pytest.mark.parametrize(
    "said",
    [
        {"properties": {"message": "mail-1"}},
        {"properties": {"action_id": "a-1"}},
        {"context": {"action_id": "a-1"}},
        {"context": {"segue_ref": "a-1"}},
        {"properties": {"url": "https://shop.example/beans?a=b&segue_ref=a-1"}},
        {"context": {"page": {"url": "https://shop.example/?segue_ref=a-1"}}},
        {"properties": {"promo_code": derive_promo_code("a-1").lower()}},
        {"properties": {"coupon": derive_promo_code("a-1")}},
    ],
)
def test_an_event_that_names_a_message_has_its_trace(said: dict[str, Any]) -> None:
    found = traced(**said)
    assert read_trace(found) == ACTION.trace
    assert found.customer_id == ""


def test_who_says_nothing_of_who_they_are_is_whom_it_was_sent_to() -> None:
    assert traced(identities={}, properties={"message": "mail-1"}).customer_id == "c-1"
    sale = traced(
        identities={"receipt": "R-1"}, properties={"promo_code": derive_promo_code("a-1")}
    )
    assert sale.customer_id == "c-1"


def test_nobody_makes_up_a_trace() -> None:
    forged = {"trace": ACTION.trace.to_dict(), "store": "7"}
    assert traced(context=forged).context == {"store": "7"}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"properties": {"message": "mail-2", "url": "https://[bad?segue_ref=a-1"}},
        {"properties": {"message": 7, "promo_code": ["x"], "url": None}},
    ],
)
def test_an_event_that_names_none_stays_as_it_was(said: dict[str, Any]) -> None:
    assert read_trace(traced(**said)) is None


def test_nothing_longer_than_a_key_may_be_is_looked_up() -> None:
    long = {"message": "m" * 3000, "url": f"https://shop.example/{'x' * 900}?segue_ref=a-1"}
    told = an_event("page.viewed", properties=long, context={"segue_ref": "é" * 1500})
    assert find_action_names(told) == ActionNames(reference="a-1")
