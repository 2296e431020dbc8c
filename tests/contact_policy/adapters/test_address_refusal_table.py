"""What addresses refused: one contract for the fake and the table."""

from datetime import datetime
from itertools import permutations

import pytest

from hub.contact_policy.adapters.address_refusal_table import AddressRefusalTable
from hub.contact_policy.domain.address_refusals import AddressStatement
from hub.contact_policy.ports import AddressRefusalStore
from hub.kernel.contact_details.address_key import make_address_key
from hub.kernel.contact_details.address_refusals import NO_REFUSALS
from hub.kernel.errors import Unavailable
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources
from tests.factories import NOON, later

PHONE = "+442079460101"
KEY = make_address_key("sms", PHONE)


@pytest.fixture
def store(real: bool) -> AddressRefusalStore:
    if real:
        return AddressRefusalTable(moto_resources.table("refusals", "address"))
    return fakes.AddressRefusalStore()


def a_word(
    event_id: str = "e-1",
    at: datetime = NOON,
    *,
    agrees: bool = False,
    address: str = PHONE,
    purpose: str = "marketing",
) -> AddressStatement:
    return AddressStatement("sms", address, purpose, agrees, at, "twilio", event_id)


class TestRefusals:
    def test_at_first_no_address_has_refused_anything(self, store: AddressRefusalStore) -> None:
        assert store.find([]) == NO_REFUSALS
        assert store.find([KEY]) == NO_REFUSALS

    def test_a_refusal_is_found_with_its_proof(self, store: AddressRefusalStore) -> None:
        store.record(a_word())
        store.record(a_word("e-2", purpose="delivery"))
        other = make_address_key("whatsapp", PHONE)
        assert store.find([KEY, other]).by_key == {
            KEY: {
                "marketing": "2026-11-22T12:00:00.000Z refused twilio e-1",
                "delivery": "2026-11-22T12:00:00.000Z refused twilio e-2",
            }
        }

    @pytest.mark.parametrize("order", list(permutations(range(4))))
    def test_in_any_order_the_latest_word_holds_and_a_refusal_at_the_same_time(
        self, store: AddressRefusalStore, order: tuple[int, ...]
    ) -> None:
        words = [
            a_word("e-1"),
            a_word("e-2", later(hours=1), agrees=True),
            a_word("e-3", later(hours=2)),
            a_word("e-4", later(hours=2), agrees=True),
        ]
        for number in order:
            store.record(words[number])
            store.record(words[number])
        proof = "2026-11-22T14:00:00.000Z refused twilio e-3"
        assert store.find([KEY]).by_key == {KEY: {"marketing": proof}}

    def test_what_was_agreed_to_later_is_no_refusal(self, store: AddressRefusalStore) -> None:
        store.record(a_word("e-2", later(hours=1), agrees=True))
        store.record(a_word("e-1"))
        assert store.find([KEY]) == NO_REFUSALS

    def test_more_addresses_than_one_call_takes_are_found(self, store: AddressRefusalStore) -> None:
        addresses = [f"+44207946{number:04}" for number in range(130)]
        for address in addresses:
            store.record(a_word(address=address))
        keys = {make_address_key("sms", address) for address in addresses}
        assert store.find(keys).by_key.keys() == keys


@pytest.mark.usefixtures("in_aws")
class TestTheTable:
    def test_it_does_not_show_the_address(self) -> None:
        table = moto_resources.table("refusals", "address")
        AddressRefusalTable(table).record(a_word())
        (item,) = moto_resources.items(table)
        assert item["address"] == {"S": KEY}
        assert PHONE[-4:] not in str(item)

    def test_a_table_that_is_not_there_is_unavailable(self) -> None:
        missing = AddressRefusalTable("nowhere")
        with pytest.raises(Unavailable):
            missing.find([KEY])
        with pytest.raises(Unavailable):
            missing.record(a_word())

    def test_keys_that_are_never_processed_are_unavailable(self) -> None:
        table = moto_resources.table("refusals", "address")
        asked = {table: {"Keys": [{"address": {"S": KEY}}]}}
        answer = {"Responses": {}, "UnprocessedKeys": asked}
        client = aws_clients.dynamodb()
        with (
            moto_resources.answering(client, "BatchGetItem", answer),
            pytest.raises(Unavailable, match="did not read"),
        ):
            AddressRefusalTable(table).find([KEY])
