"""The loop, in memory: a message goes out, the till tells what it led to, and takes it back."""

from typing import Any

import pytest

from hub.measurement.domain.attribution_account import build_accounts
from hub.model.inbound_payload import InboundPayload
from hub.model.promo_code import derive_promo_code
from tests.factories import NOON
from tests.in_memory import InMemoryHub
from tests.whole_hub.test_silence_after_purchase import a_rule, a_snapshot
from tests.whole_hub.test_whole_hub import delivery, sign_up

CARD = "12923"
SEND = {"do": "send", "channel": "email", "template": "come-back", "answer_within": "3d"}
RULE = {**a_rule("greet", "customer.signed_up", SEND), "strategy": "greeting"}


@pytest.fixture
def hub() -> InMemoryHub:
    """Ann has signed up and was sent a mail."""
    hub = InMemoryHub(a_snapshot(RULE))
    signed_up = sign_up("ann")
    signed_up.payload["data"]["loyalty"]["number"] = CARD
    hub.push(signed_up)
    assert len(hub.mail.sent) == 1
    return hub


def at_the_till(kind: str, card: str, code: str = "", receipt: str = "00569901") -> InboundPayload:
    row = {
        "RecordType": kind,
        "Store": "0042",
        "Till": "007",
        "Receipt": receipt,
        "Date": "20261122",
        "Time": "121500",
        "Item": "23256",
        "Description": "CUTLERY",
        "Quantity": "2" if kind == "S" else "-2",
        "Price": "4.15",
        "Card": card,
        "PromoCode": code,
    }
    return delivery("till_ibm", f"{kind}-{receipt}", row)


def attributions(hub: InMemoryHub) -> list[Any]:
    return [one for decision in hub.customers.decided for one in decision.attributions]


@pytest.mark.parametrize("card", [CARD, ""])
def test_a_sale_with_the_code_of_a_mail_is_attributed_to_it_with_or_without_a_card(
    hub: InMemoryHub, card: str
) -> None:
    ((_, _, action_id),) = hub.mail.sent
    hub.push(at_the_till("S", card, derive_promo_code(action_id).lower()), times=2)
    (owed,) = attributions(hub)
    assert (owed.action_id, owed.by, owed.amount) == (action_id, "code", 830)
    ((decision_id, word),) = hub.decisions.marks
    assert (decision_id, word) == (owed.decision_id, "converted")
    customer = hub.customers.read("c-1")
    assert customer
    assert customer.purchases["count"] == 1
    assert not customer.contact_history.awaiting


def test_a_return_takes_it_back_and_the_account_comes_out_even(hub: InMemoryHub) -> None:
    ((_, _, action_id),) = hub.mail.sent
    hub.push(at_the_till("S", CARD, derive_promo_code(action_id)))
    hub.push(at_the_till("R", CARD, receipt="00570001"))
    assert [one.amount for one in attributions(hub)] == [830, -830]
    account = build_accounts(hub.archive.read_records(NOON.date()))["GBP"]
    assert (account.sold, account.returned, account.attributed) == (830, 830, 0)
    assert list(account.find_problems()) == []


def test_an_opened_mail_is_known_by_the_id_that_its_provider_gave(hub: InMemoryHub) -> None:
    opened = {
        "eventType": "Open",
        "open": {"ipAddress": "192.0.2.1", "timestamp": "2026-11-22T12:05:00Z", "userAgent": "M"},
        "mail": {
            "timestamp": "2026-11-22T12:00:00Z",
            "messageId": "mail-1",
            "destination": ["ann@example.com"],
        },
    }
    hub.push(delivery("ses", "opened", opened))
    ((_, word),) = hub.decisions.marks
    assert word == "reviewed"


def test_a_missing_response_is_reported(hub: InMemoryHub) -> None:
    (timer_id,) = hub.schedule.timers
    hub.fire(timer_id, times=2)
    missing = [d for d in hub.customers.decided if d.event_type == "response.missing"]
    assert len(missing) == 1
