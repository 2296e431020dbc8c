"""Who holds a key sees what is known of a customer; everybody else sees nothing, and nothing of
whether there is somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.steps.find_customer import FindCustomer
from hub.inbound.steps.view_customer import ViewCustomer
from hub.kernel.errors import NotFound
from hub.model.customer import Customer
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.profile.domain.apply_event import apply_event
from tests import fakes
from tests.factories import NOON, an_event, later
from tests.records import an_episode

KEY = "key-1"
ANN = {"namespace": "email", "value": "ann@example.com"}


def ann() -> Customer:
    """Bought once, told the shop her address, and is in the mart since yesterday's batch."""
    told = {"contact": {"email": "ann@example.com"}, "consent": {"email": {"marketing": True}}}
    row = {"key": "crm#1", "through": "2026-11-21", "count": 4}
    events = [
        an_event("item.purchased", "e-1", properties={"amount": 500, "currency": "GBP"}),
        an_event("customer.updated", "e-2", traits=told, identities={"email": "ann@example.com"}),
        an_event(
            "mart.loaded",
            "e-3",
            occurred_at=later(hours=-9),
            traits={"loyalty": {"tier": "gold"}},
            properties=row,
        ),
        an_event("email.opened", "e-4"),
    ]
    customer = Customer(customer_id="c-1")
    for event in events:
        customer = apply_event(customer, event, NOON)
    return customer


@dataclass
class Window:
    """The step on fakes."""

    keys: list[str] = field(default_factory=lambda: [KEY])

    def __post_init__(self) -> None:
        identities, customers = fakes.Identities(), fakes.Customers()
        identities.assign_keys(
            ["email#ann@example.com"], IdentityCluster(customer_id="c-1"), {}, {}
        )
        customers.write(ann(), an_episode())
        finder = FindCustomer(identities, load_namespaces(find_schemas_folder()))
        self.viewer = ViewCustomer(finder, customers, lambda: self.keys)

    def show(self, path: Mapping[str, str] = ANN, key: str = KEY) -> dict[str, Any]:
        return self.viewer(path, key)


def test_each_block_says_where_it_comes_from_and_as_of_when() -> None:
    blocks = Window().show()["blocks"]
    assert blocks["contact"] == {
        "values": {"email": "ann@example.com"},
        "from": ["events"],
        "as_of": "2026-11-22T12:00:00.000Z",
    }
    assert blocks["loyalty"]["from"] == ["mart"]
    assert blocks["loyalty"]["as_of"] == "2026-11-22T03:00:00.000Z"
    assert blocks["engagement"]["as_of"] == "2026-11-22T12:00:00.000Z"


def test_a_total_says_through_which_day_the_mart_answers_for_it() -> None:
    purchases = Window().show()["blocks"]["purchases"]
    assert purchases["values"]["count"] == 5
    assert (purchases["from"], purchases["through"]) == (["events", "mart"], "2026-11-21")


def test_a_customer_whom_no_mart_knows_is_shown_too() -> None:
    window = Window()
    customers = fakes.Customers()
    sale = an_event("item.purchased", properties={"amount": 1, "currency": "GBP"})
    customers.write(apply_event(Customer(customer_id="c-1"), sale, NOON), an_episode())
    viewer = ViewCustomer(window.viewer.find, customers, window.viewer.keys)
    told = viewer(ANN, KEY)["blocks"]["purchases"]
    assert (told["from"], told["values"]["count"]) == (["events"], 1)
    assert "through" not in told


def test_nothing_is_shown_of_how_the_hub_keeps_its_books() -> None:
    told = Window().show()
    assert set(told) == {"customer", "known_by", "blocks"}
    inner = {"processed", "marked", "recent", "activity", "amounts", "limits", "mart", "version"}
    assert inner.isdisjoint(told["blocks"])


def test_a_key_may_come_as_addresses_are_written_in_urls() -> None:
    told = Window().show({"namespace": "email", "value": "Ann%40example.com"})
    assert told["known_by"] == {"email": ["ann@example.com"]}


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (ANN, ""),
        (ANN, "key-2"),
        ({"namespace": "email", "value": "bob@example.com"}, KEY),
        ({"namespace": "email", "value": "no address"}, KEY),
        ({"namespace": "shoe_size", "value": "9"}, KEY),
        ({}, KEY),
    ],
)
def test_unknown_and_forbidden_are_one_answer(path: Mapping[str, str], key: str) -> None:
    with pytest.raises(NotFound) as refused:
        Window().show(path, key)
    assert refused.value.reason == "nobody is known by that key, or whoever asks may not know"


def test_without_a_live_key_nobody_is_looked_up() -> None:
    window = Window(keys=[])
    with pytest.raises(NotFound):
        window.show(key="")
