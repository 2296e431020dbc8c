"""Laws of the whole hub, on the retail example: the real steps, one after the other, in memory."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.inbound_payload import InboundPayload
from tests.factories import NOON
from tests.in_memory import InMemoryHub


def delivery(source: str, name: str, payload: Any) -> InboundPayload:
    return InboundPayload(
        id=name, source=source, received_at=NOON, correlation_id=f"{source}:{name}", payload=payload
    )


def sign_up(
    who: str, *, consent: bool = True, tier: str = "Basic", language: str = "en"
) -> InboundPayload:
    data = {
        "id": who,
        "email": f"{who}@example.com",
        "phone": "020 7183 8750",
        "first_name": who.title(),
        "last_name": "Baker",
        "language": language,
        "address": {"country": "GB", "time_zone": "Europe/London"},
        "loyalty": {"number": f"L-{who}", "tier": tier},
        "consents": {
            "newsletter": consent,
            "service_mail": consent,
            "service_calls": consent,
            "sales_calls": consent,
        },
    }
    return delivery(
        "shop",
        f"sign-up-{who}",
        {"type": "customer.created", "created_at": "2026-11-22T09:00:00Z", "data": data},
    )


def complaint(who: str) -> InboundPayload:
    payload = {
        "event": "complaint.opened",
        "opened_at": "2026-11-22T10:00:00Z",
        "case": f"case-{who}",
        "customer": {"card": None, "email": f"{who}@example.com"},
        "subject": "Two cups broken",
        "priority": "P2",
        "text": "In pieces.",
    }
    return delivery("care", f"complaint-{who}", payload)


def shop(kind: str, who: str) -> InboundPayload:
    data = {
        "id": f"{kind}-{who}",
        "customer": {"id": who, "email": f"{who}@example.com"},
        "lines": [{"sku": "1", "name": "cup", "quantity": 12, "price": "2.95"}],
        "total": "35.40",
        "currency": "GBP",
        "url": "https://shop.example.com/cart/1",
    }
    return delivery(
        "shop",
        f"{kind}-{who}",
        {"type": kind, "created_at": "2026-11-22T11:00:00Z", "data": data},
    )


DAY = (
    sign_up("ann", tier="Gold"),
    sign_up("bernd", language="de"),
    sign_up("carl", consent=False),
    complaint("ann"),
    complaint("bernd"),
    complaint("carl"),
    shop("cart.left", "ann"),
    shop("order.paid", "ann"),
    shop("wishlist.shared", "ann"),
)


def after(deliveries: Any, times: int = 1) -> InMemoryHub:
    hub = InMemoryHub()
    for one in deliveries:
        hub.push(one, times)
    for timer_id in list(hub.schedule.timers):
        hub.fire(timer_id, times)
    return hub


def test_a_day_of_the_retailer() -> None:
    hub = after(DAY)
    subjects = {(to, parts["subject"]) for to, parts, _ in hub.mail.sent}
    assert subjects == {
        ("ann@example.com", "Welcome, Ann"),
        ("ann@example.com", "Thank you, Ann: Free gift wrapping"),
        ("bernd@example.com", "Willkommen, Bernd"),
        ("bernd@example.com", "We are sorry, Bernd"),
    }
    (task,) = hub.call_centre.tasks.values()
    assert (task["queue"], task["phone"]) == ("retention", "+442071838750")
    (parked,) = hub.parked.items.values()
    assert "wishlist.shared" in parked.reason


def test_a_row_of_the_mart_of_a_day_that_has_not_begun_is_parked_and_hides_nothing() -> None:
    def row(through: str, purchases: int) -> InboundPayload:
        told = {
            "customer_key": "4711",
            "updated_at": "2026-11-22T01:00:00Z",
            "complete_through": through,
            "loyalty_number": "L-ann",
            "purchases": str(purchases),
        }
        return delivery("mart", f"row-{through}", told)

    hub = after([sign_up("ann"), row("2062-11-21", 9), row("2026-11-21", 4)])
    (parked,) = hub.parked.items.values()
    assert (parked.field, parked.reason) == ("properties.through", "is a day that has not begun")
    (ann,) = map(hub.customers.read, hub.customers.items)
    assert ann is not None
    assert ann.purchases["count"] == 4


@settings(max_examples=25, deadline=None)
@given(st.permutations(DAY))
def test_without_consent_nothing_is_ever_sent_in_whatever_order(order: Any) -> None:
    hub = after(order)
    assert not any(to.startswith("carl@") for to, _, _ in hub.mail.sent)
    assert not any("Carl" in task["script"] for task in hub.call_centre.tasks.values())


@settings(max_examples=25, deadline=None)
@given(st.permutations(DAY), st.integers(2, 3))
def test_repeated_deliveries_have_one_effect(order: Any, times: int) -> None:
    once, often = after(order), after(order, times)
    assert often.mail.sent == once.mail.sent
    assert often.call_centre.tasks == once.call_centre.tasks
    assert often.customers.items == once.customers.items


@settings(max_examples=25, deadline=None)
@given(st.permutations(DAY))
def test_an_order_under_a_second_webhook_id_has_no_second_effect(order: Any) -> None:
    again = replace(shop("order.paid", "ann"), id="order.paid-again")
    once, twice = after(order), after([*order, again])
    assert twice.mail.sent == once.mail.sent
    assert len(twice.customers.decided) == len(once.customers.decided) + 1
    for name in once.customers.items:
        one, other = once.customers.read(name), twice.customers.read(name)
        assert one is not None
        assert other is not None
        assert (other.purchases, other.activity) == (one.purchases, one.activity)


@settings(max_examples=25, deadline=None)
@given(st.permutations(DAY))
def test_every_accepted_event_is_decided_or_parked_and_every_action_has_an_end(order: Any) -> None:
    hub = after(order)
    decided = [d for d in hub.customers.decided if d.source != "segue"]
    assert len(decided) + len(hub.parked.items) == len(DAY)
    actions = {action.id for d in hub.customers.decided for action in d.actions}
    assert actions == set(hub.ledger.lines)
    internal = [d for d in hub.customers.decided if d.source == "segue"]
    assert len(internal) == len(hub.schedule.timers) + len(actions)


@pytest.mark.parametrize("name", ["ann", "bernd"])
def test_no_reminder_is_sent_for_a_basket_that_was_bought(name: str) -> None:
    hub = after([sign_up(name), shop("cart.left", name), shop("order.paid", name)])
    last = hub.customers.decided[-1]
    assert last.event_type == "cart.reminder_due"
    assert last.actions == ()
    assert "'bought'" in last.receipt["sentence"]


def test_one_reminder_is_sent_for_an_abandoned_basket() -> None:
    hub = after([sign_up("ann"), shop("cart.left", "ann")], times=2)
    reminders = [parts for _, parts, _ in hub.mail.sent if "basket" in parts["subject"]]
    assert len(reminders) == 1
    assert json.dumps(reminders).count("https://shop.example.com/cart/1") == 1
