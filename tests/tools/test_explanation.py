"""What `segue explain` says of a customer's addresses, against the tables as moto plays them."""

import json
from collections.abc import Iterator

import pytest
from rich.console import Console

from hub.kernel.contact_details.address_key import make_address_key
from tests.tools.moto_hub import a_hub
from tools.segue.explanation import Explanation, list_refused_addresses
from tools.segue.hub import Hub
from tools.segue.render import render_explanation

PHONE = "+442079460101"
STATE = {"customer_id": "c-1", "contact": {"phone": PHONE, "email": "ann@example.com"}}
STOP = "2026-11-22T14:00:00.000Z refused sms_replies e-2"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    tables = {"AddressRefusals": "address", "Customers": "customer_id"}
    with a_hub(monkeypatch, tables, "lists", "AudiencesBucket") as made:
        made.table("Customers").put_item(
            Item={"customer_id": "c-1", "state": json.dumps(STATE), "version": 1}
        )
        yield made


def put_word(hub: Hub, channel: str, address: str, proof: str) -> None:
    item = {"address": make_address_key(channel, address), "marketing": proof}
    hub.table("AddressRefusals").put_item(Item=item)


def test_it_lists_the_refusals_of_the_customers_own_addresses_with_the_proof(hub: Hub) -> None:
    put_word(hub, "sms", PHONE, STOP)
    put_word(hub, "email", "ann@example.com", STOP.replace("refused", "agreed"))
    put_word(hub, "email", "bob@example.com", STOP)
    refused = list_refused_addresses(hub, STATE)
    assert refused == [{"channel": "sms", "address": PHONE, "purpose": "marketing", "proof": STOP}]
    console = Console(width=160)
    with console.capture() as shown:
        console.print(render_explanation(Explanation("c-1", {}, [], refused)))
    assert f"sms {PHONE}: marketing, {STOP}" in shown.get()
    assert Explanation("c-1", {}, [], refused).to_dict()["refused_addresses"] == refused


def test_nothing_is_said_of_addresses_that_refused_nothing(hub: Hub) -> None:
    assert list_refused_addresses(hub, STATE) == []
    console = Console(width=160)
    with console.capture() as shown:
        console.print(render_explanation(Explanation("c-1", {}, [])))
    assert "refused" not in shown.get()
