import json

import pytest

from hub.kernel.errors import Conflict, OverLimit, Unavailable
from hub.model.customer import Customer
from hub.platform.adapters import aws_clients
from hub.profile.adapters.customer_table import MOST_OUTBOX, Customers, size_in_bytes
from hub.profile.domain.profile_limits import MOST_STATE
from hub.profile.ports import Customers as Port
from tests import fakes, moto_resources
from tests.factories import a_customer
from tests.records import a_decision, an_action, an_episode


@pytest.fixture
def customers(real: bool) -> Port:
    return (
        Customers(moto_resources.table("customers", "customer_id")) if real else fakes.Customers()
    )


class TestCustomers:
    def test_nobody_is_known_at_first(self, customers: Port) -> None:
        assert customers.read("c-1") is None

    def test_what_is_written_is_read_with_the_next_version(self, customers: Port) -> None:
        ann = a_customer(recent={"order.completed": (5,)}, processed={"business": ("x",)})
        customers.write(ann, an_episode())
        found = customers.read("c-1")
        assert found
        assert found.version == 1
        assert found.to_dict() == {**ann.to_dict(), "version": 1}

    def test_all_of_a_batch_are_read_at_once(self, customers: Port) -> None:
        customers.write(a_customer(), an_episode())
        found = customers.read_all(["c-2", "c-1"])
        assert found["c-1"] == customers.read("c-1")
        assert found["c-2"] == Customer(customer_id="c-2")
        assert customers.read_all([]) == {}

    def test_writes_follow_each_other(self, customers: Port) -> None:
        customers.write(a_customer(), an_episode())
        customers.write(a_customer(version=1, person={"first_name": "Anna"}), an_episode())
        found = customers.read("c-1")
        assert found
        assert (found.version, found.person) == (2, {"first_name": "Anna"})

    @pytest.mark.parametrize("version", [0, 2, 7])
    def test_a_write_on_another_version_is_refused(self, customers: Port, version: int) -> None:
        customers.write(a_customer(), an_episode())
        with pytest.raises(Conflict):
            customers.write(a_customer(version=version, person={"first_name": "Eve"}), an_episode())
        found = customers.read("c-1")
        assert found
        assert found.person == {"first_name": "Ann"}

    def test_a_customer_that_is_gone_is_not_written_anew(self, customers: Port) -> None:
        with pytest.raises(Conflict):
            customers.write(a_customer(version=3), an_episode())


@pytest.mark.usefixtures("in_aws")
class TestCustomersInDynamoDB:
    def test_the_outbox_travels_with_the_state(self) -> None:
        episode = an_episode(a_decision(actions=(an_action(),)))
        Customers(moto_resources.table("customers", "customer_id")).write(a_customer(), episode)
        [item] = moto_resources.items("customers")
        assert item["version"] == {"N": "1"}
        assert json.loads(item["outbox"]["S"]) == episode.to_dict()
        assert item["updated_at"]["S"].endswith("Z")

    def test_a_read_and_a_write_are_one_call_each(self) -> None:
        customers = Customers(moto_resources.table("customers", "customer_id"))
        with moto_resources.counted(aws_clients.dynamodb()) as calls:
            customers.read("c-1")
            customers.write(a_customer(), an_episode())
        assert calls == ["GetItem", "PutItem"]

    def test_a_customer_beyond_the_items_limit_is_refused(self) -> None:
        customers = Customers(moto_resources.table("customers", "customer_id"))
        with pytest.raises(OverLimit):
            customers.write(a_customer(interests={"much": "x" * MOST_STATE}), an_episode())

    def test_an_outbox_that_no_message_could_carry_is_refused(self) -> None:
        customers = Customers(moto_resources.table("customers", "customer_id"))
        with pytest.raises(OverLimit):
            customers.write(
                a_customer(), an_episode(a_decision(receipt={"much": "x" * MOST_OUTBOX}))
            )

    def test_a_large_customer_is_noted_without_what_is_in_it(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        customers = Customers(moto_resources.table("customers", "customer_id"))
        customers.write(a_customer(interests={"much": "x" * 25_000}), an_episode())
        [record] = caplog.records
        assert record.getMessage() == "customer is large"
        assert "xxx" not in str(vars(record))

    def test_two_tables_of_one_model_are_kept_apart(self) -> None:
        first = Customers(moto_resources.table("customers", "customer_id"))
        second = Customers(moto_resources.table("others", "customer_id"))
        first.write(a_customer(), an_episode())
        assert second.read("c-1") is None

    def test_a_table_that_is_not_there_is_unavailable(self) -> None:
        with pytest.raises(Unavailable, match="ResourceNotFoundException"):
            Customers("nowhere").read("c-1")


def test_the_stored_size_a_customer_is_that_of_its_state_in_bytes() -> None:
    assert size_in_bytes(Customer(customer_id="ü")) == len(
        '{"customer_id":"ü","version":0}'.encode()
    )
