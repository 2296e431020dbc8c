"""Everybody in the customer table, once each: one contract for the fake and the table."""

from typing import Any

import pytest

from hub.kernel.errors import Unavailable
from hub.platform.adapters import aws_clients
from hub.profile.adapters.customer_scan import SEGMENTS, CustomerScan
from hub.profile.adapters.customer_table import Customers
from hub.profile.ports import Customers as CustomersPort
from hub.profile.ports import CustomerScan as Port
from tests import fakes, moto_resources
from tests.factories import a_customer
from tests.records import an_episode

NAMES = {f"c-{n}" for n in range(40)}


def both(real: bool) -> tuple[CustomersPort, Port]:
    if real:
        table = moto_resources.table("customers", "customer_id")
        return Customers(table), CustomerScan(table)
    customers = fakes.Customers()
    return customers, fakes.CustomerScan(customers)


def stored(customer_id: str, state: str, outbox: str = "") -> None:
    texts = {"customer_id": customer_id, "state": state, "outbox": outbox}
    item: Any = {name: {"S": text} for name, text in texts.items()}
    aws_clients.dynamodb().put_item(TableName="customers", Item=item)


def test_everybody_comes_once_as_they_were_written(real: bool) -> None:
    customers, everybody = both(real)
    for name in NAMES:
        customers.write(
            a_customer(loyalty={"tier": name}).with_changes(customer_id=name), an_episode()
        )
    found = list(everybody.scan())
    assert sorted(customer.customer_id for customer in found) == sorted(NAMES)
    assert all(customer.loyalty == {"tier": customer.customer_id} for customer in found)
    assert all(customer.version == 1 for customer in found)


def test_where_nobody_is_known_nobody_comes(real: bool) -> None:
    _, everybody = both(real)
    assert list(everybody.scan()) == []


@pytest.mark.usefixtures("in_aws")
class TestEverybodyInDynamoDB:
    def test_who_was_merged_into_another_is_that_other(self) -> None:
        customers, everybody = both(real=True)
        customers.write(a_customer(), an_episode())
        stored("c-2", '{"merged_into":"c-1","version":2}')
        assert [customer.customer_id for customer in everybody.scan()] == ["c-1"]

    def test_a_table_of_many_pages_is_read_to_its_end(self) -> None:
        _, everybody = both(real=True)
        for name in NAMES:
            stored(name, f'{{"customer_id":"{name}"}}', outbox="x" * 300_000)
        with moto_resources.counted(aws_clients.dynamodb()) as calls:
            assert {customer.customer_id for customer in everybody.scan()} == NAMES
        assert len(calls) > SEGMENTS

    def test_a_table_that_is_not_there_is_unavailable(self) -> None:
        with pytest.raises(Unavailable):
            list(CustomerScan("nowhere").scan())
