"""Keys, holdings, aliases, merges and conflicts."""

import json
from dataclasses import replace
from typing import NamedTuple

import pytest

from hub.identity.adapters.conflict_items import KeyConflicts
from hub.identity.adapters.identity_table import Identities
from hub.identity.adapters.merge_table import Merges
from hub.identity.domain.identity_cluster import IdentityCluster, KeyConflict, make_pool_id
from hub.identity.domain.merge_profiles import merge_profiles
from hub.identity.domain.merge_record import KeyConflictRecord, MergeRecord
from hub.identity.ports import Identities as IdentitiesPort
from hub.identity.ports import Merges as MergesPort
from hub.kernel.errors import Conflict
from hub.model.customer import Customer
from hub.platform.adapters import aws_clients
from hub.profile.adapters.customer_table import Customers
from hub.profile.ports import Customers as CustomersPort
from tests import fakes, moto_resources
from tests.factories import NOON, a_customer
from tests.records import an_episode

MAIL, PHONE, CARD = "email#ann@example.com", "phone#+442071838750", "loyalty#7"
ANN, BOB = IdentityCluster(customer_id="c-1"), IdentityCluster(customer_id="c-2")


class Rooms(NamedTuple):
    identities: IdentitiesPort
    customers: CustomersPort
    merges: MergesPort


@pytest.fixture
def rooms(real: bool) -> Rooms:
    if not real:
        who, people = fakes.Identities(), fakes.Customers()
        return Rooms(who, people, fakes.Merges(people, who))
    return in_dynamodb()


def in_dynamodb() -> Rooms:
    keys = moto_resources.table("identities", "identity", indexed=("customer_id",))
    people = moto_resources.table("customers", "customer_id")
    lines = moto_resources.table("merges", "customer_id", "entry")
    return Rooms(Identities(keys), Customers(people), Merges(lines, people, keys))


@pytest.fixture
def identities(rooms: Rooms) -> IdentitiesPort:
    return rooms.identities


class TestForgottenConflicts:
    def test_what_was_noted_of_the_forgotten_is_gone_and_of_others_not(self, real: bool) -> None:
        table = moto_resources.table("merges", "customer_id", "entry") if real else ""
        conflicts = KeyConflicts(table) if real else fakes.KeyConflicts()
        key = KeyConflict(MAIL, "c-9", "is another's", moved=False)
        conflicts.note(
            [
                KeyConflictRecord(event_id=f"e-{n}", at=NOON, customer_id=f"c-{n}", conflict=key)
                for n in (1, 2, 3)
            ]
        )
        conflicts.forget({"c-1", "c-2"})
        if isinstance(conflicts, fakes.KeyConflicts):
            left = [one.customer_id for one in conflicts.items.values()]
        else:
            left = [line["customer_id"]["S"] for line in moto_resources.items(table)]
        assert left == ["c-3"]


class TestIdentities:
    def test_a_key_has_no_owner_until_it_is_claimed(self, identities: IdentitiesPort) -> None:
        assert identities.find_owners([MAIL]) == {}
        identities.assign_keys([MAIL], ANN.with_keys([MAIL]), {}, {})
        assert identities.find_owners([MAIL, PHONE]) == {MAIL: "c-1"}

    def test_nothing_is_asked_of_no_keys(self, identities: IdentitiesPort) -> None:
        identities.assign_keys([], ANN, {}, {})
        assert identities.find_owners([]) == {}
        assert identities.read_clusters([]) == {}

    def test_several_keys_are_claimed_together(self, identities: IdentitiesPort) -> None:
        identities.assign_keys([MAIL, PHONE, MAIL], ANN.with_keys([MAIL]), {}, {})
        assert identities.find_owners([MAIL, PHONE, CARD]) == {MAIL: "c-1", PHONE: "c-1"}

    def test_who_is_forgotten_is_known_by_no_key_and_others_are(
        self, identities: IdentitiesPort
    ) -> None:
        identities.assign_keys([MAIL, PHONE], ANN.with_keys([MAIL]), {}, {})
        identities.assign_keys([CARD], BOB.with_keys([CARD]), {}, {})
        for _ in range(2):
            identities.forget("c-1", [PHONE, CARD])
        assert identities.find_owners([MAIL, PHONE, CARD]) == {CARD: "c-2"}
        found = identities.read_clusters(["c-1"])["c-1"]
        assert replace(found, version=0) == replace(ANN, erased=True)

    def test_a_key_that_the_caller_does_not_know_is_forgotten_too(
        self, identities: IdentitiesPort
    ) -> None:
        identities.assign_keys([MAIL], ANN.with_keys([MAIL]), {}, {})
        weak = [f"receipt#R{number}" for number in range(120)]
        for key in weak:
            identities.assign_keys([key], ANN, {}, {})
        identities.assign_keys([PHONE], BOB, {}, {})
        identities.forget("c-1", [])
        assert identities.find_owners([MAIL, PHONE, *weak]) == {PHONE: "c-2"}

    def test_who_is_forgotten_gets_no_key_any_more(self, identities: IdentitiesPort) -> None:
        """A reader that saw them before the erasure has to read again."""
        identities.assign_keys([MAIL], ANN.with_keys([MAIL]), {}, {})
        seen = identities.read_clusters(["c-1"])["c-1"]
        identities.forget("c-1", [])
        for cluster in (seen, ANN):
            with pytest.raises(Conflict):
                identities.assign_keys([CARD], cluster.with_keys([CARD]), {}, {})
        assert identities.find_owners([CARD]) == {}

    @pytest.mark.parametrize("strong", [[], [CARD]])
    def test_a_key_that_still_leads_to_the_forgotten_is_free(
        self, identities: IdentitiesPort, strong: list[str]
    ) -> None:
        """A visit that was under way while the customer was erased."""
        identities.forget("c-1", [])
        identities.assign_keys([PHONE], ANN, {}, {})
        left = {PHONE: "c-1"}
        for wrong in ({}, {PHONE: "c-9"}):
            with pytest.raises(Conflict):
                identities.assign_keys([PHONE, *strong], BOB.with_keys(strong), {}, wrong)
        identities.assign_keys([PHONE, *strong], BOB.with_keys(strong), {}, left)
        assert identities.find_owners([PHONE]) == {PHONE: "c-2"}
        with pytest.raises(Conflict):
            identities.assign_keys([PHONE, *strong], BOB.with_keys(strong), {}, left)

    def test_who_has_only_weak_keys_holds_none(self, identities: IdentitiesPort) -> None:
        identities.assign_keys([PHONE], ANN, {}, {})
        assert identities.read_clusters(["c-1"]) == {"c-1": ANN}

    def test_a_holding_grows_with_every_strong_key(self, identities: IdentitiesPort) -> None:
        identities.assign_keys([MAIL], ANN.with_keys([MAIL]), {}, {})
        first = identities.read_clusters(["c-1"])["c-1"]
        assert first == replace(ANN, version=1, keys=(MAIL,))
        identities.assign_keys([CARD, PHONE], first.with_keys([CARD]), {}, {})
        assert identities.read_clusters(["c-1"])["c-1"] == replace(
            ANN, version=2, keys=(MAIL, CARD)
        )

    def test_a_holding_that_grew_meanwhile_refuses_the_claim(
        self, identities: IdentitiesPort
    ) -> None:
        """Else two claims at once, each within the limit, would together exceed it."""
        identities.assign_keys([MAIL], ANN.with_keys([MAIL]), {}, {})
        with pytest.raises(Conflict):
            identities.assign_keys([CARD], ANN.with_keys([CARD]), {}, {})
        assert identities.find_owners([CARD]) == {}

    @pytest.mark.parametrize("keys", [[MAIL], [PHONE, MAIL, CARD]])
    def test_one_owned_key_refuses_them_all(
        self, identities: IdentitiesPort, keys: list[str]
    ) -> None:
        identities.assign_keys([MAIL], ANN.with_keys([MAIL]), {}, {})
        with pytest.raises(Conflict):
            identities.assign_keys(keys, BOB.with_keys([CARD]), {}, {})
        assert identities.find_owners([MAIL, PHONE, CARD]) == {MAIL: "c-1"}

    def test_a_shared_key_becomes_nobodys(self, identities: IdentitiesPort) -> None:
        identities.assign_keys([PHONE], ANN, {}, {})
        identities.assign_keys([MAIL], BOB.with_keys([MAIL]), {PHONE: "c-1"}, {})
        assert identities.find_owners([MAIL, PHONE]) == {MAIL: "c-2", PHONE: make_pool_id(PHONE)}
        assert identities.read_clusters([make_pool_id(PHONE)])[make_pool_id(PHONE)].is_pool
        with pytest.raises(Conflict):
            identities.assign_keys([], BOB, {PHONE: "c-1"}, {})

    def test_more_keys_than_one_call_takes_are_all_found(self, identities: IdentitiesPort) -> None:
        keys = [f"phone#{number}" for number in range(120)]
        for key in keys:
            identities.assign_keys([key], replace(ANN, customer_id=key), {}, {})
        assert identities.find_owners(keys) == {key: key for key in keys}


@pytest.mark.usefixtures("in_aws")
def test_a_lookup_of_several_keys_is_one_call_and_so_is_a_claim() -> None:
    identities = Identities(
        moto_resources.table("identities", "identity", indexed=("customer_id",))
    )
    with moto_resources.counted(aws_clients.dynamodb()) as calls:
        identities.find_owners([MAIL, PHONE])
        identities.read_clusters(["c-1", "c-2"])
        identities.assign_keys([PHONE], ANN, {}, {})
        identities.assign_keys([MAIL, CARD], ANN.with_keys([MAIL, CARD]), {}, {})
    assert calls == ["BatchGetItem", "BatchGetItem", "PutItem", "TransactWriteItems"]


def two(rooms: Rooms) -> MergeRecord:
    """Ann and Bob, each with a key and a customer item, and their merge as it would be written."""
    rooms.identities.assign_keys([MAIL], ANN.with_keys([MAIL]), {}, {})
    rooms.identities.assign_keys([CARD, PHONE], BOB.with_keys([CARD]), {}, {})
    rooms.customers.write(a_customer(), an_episode())
    rooms.customers.write(replace(a_customer(), customer_id="c-2"), an_episode())
    return planned(rooms)


def planned(rooms: Rooms, at: int = 0) -> MergeRecord:
    found = rooms.identities.read_clusters(["c-1", "c-2"])
    ann, bob = rooms.customers.read("c-1"), rooms.customers.read("c-2")
    assert ann
    assert bob
    return MergeRecord(
        id=f"m-{at}",
        at=NOON.replace(minute=at),
        key=MAIL,
        survivor=ann,
        absorbed=bob,
        survivor_cluster=found["c-1"],
        absorbed_cluster=found["c-2"],
        dialogues={"default": "latest"},
    )


def together(merge: MergeRecord) -> Customer:
    return merge_profiles(merge.survivor, merge.absorbed, merge.dialogues)


def parted(
    merge: MergeRecord,
) -> tuple[Customer, Customer, tuple[IdentityCluster, IdentityCluster]]:
    """As they were, but for the versions."""
    one = replace(merge.survivor_cluster, version=merge.survivor_cluster.version + 1)
    other = replace(merge.absorbed_cluster, version=merge.absorbed_cluster.version + 1)
    ann = replace(merge.survivor, version=merge.survivor.version + 1)
    return ann, replace(merge.absorbed, version=merge.absorbed.version + 1), (one, other)


class TestMerges:
    def test_of_a_merged_customer_who_is_forgotten_no_key_is_left(self, rooms: Rooms) -> None:
        merge = two(rooms)
        rooms.merges.merge(merge, together(merge))
        for _ in range(2):
            rooms.identities.forget("c-1", [])
        assert rooms.identities.find_owners([MAIL, PHONE, CARD]) == {}
        found = rooms.identities.read_clusters(["c-1", "c-2"])
        assert {name: (one.customer_id, one.erased) for name, one in found.items()} == {
            "c-1": ("c-1", True),
            "c-2": ("c-2", True),
        }

    def test_nobody_was_absorbed_at_first(self, rooms: Rooms) -> None:
        assert rooms.merges.read_last("c-2") is None

    def test_a_merge_leaves_one_customer_with_all_keys_and_an_alias(self, rooms: Rooms) -> None:
        merge = two(rooms)
        rooms.merges.merge(merge, together(merge))
        ann = rooms.customers.read("c-1")
        assert ann
        assert (ann.customer_id, ann.version) == ("c-1", 2)
        assert rooms.customers.read("c-2") == ann
        holding = replace(ANN, version=2, keys=(MAIL, CARD), absorbed=("c-2",))
        assert rooms.identities.read_clusters(["c-1", "c-2"]) == {"c-1": holding, "c-2": holding}
        assert rooms.identities.find_owners([MAIL, CARD]) == {MAIL: "c-1", CARD: "c-1"}
        assert rooms.merges.read_last("c-2") == merge

    def test_who_was_never_stored_can_be_absorbed(self, rooms: Rooms) -> None:
        """A visitor whose first event still waits in its group."""
        nobody = Customer(customer_id="c-2")
        merge = replace(
            two(rooms), absorbed=nobody, absorbed_cluster=IdentityCluster(customer_id="c-3")
        )
        merge = replace(merge, absorbed=Customer(customer_id="c-3"))
        rooms.merges.merge(merge, together(merge))
        found = rooms.customers.read("c-3")
        assert found
        assert found.customer_id == "c-1"

    @pytest.mark.parametrize("changed", ["survivor", "absorbed"])
    def test_a_customer_who_was_written_meanwhile_refuses_it_all(
        self, rooms: Rooms, changed: str
    ) -> None:
        merge = two(rooms)
        rooms.customers.write(getattr(merge, changed), an_episode())
        with pytest.raises(Conflict):
            rooms.merges.merge(merge, together(merge))
        untouched(rooms)

    @pytest.mark.parametrize("customer_id", ["c-1", "c-2"])
    def test_a_holding_that_grew_meanwhile_refuses_it_all(
        self, rooms: Rooms, customer_id: str
    ) -> None:
        merge = two(rooms)
        found = rooms.identities.read_clusters([customer_id])[customer_id]
        rooms.identities.assign_keys(["shop#9"], found.with_keys(["shop#9"]), {}, {})
        with pytest.raises(Conflict):
            rooms.merges.merge(merge, together(merge))
        untouched(rooms)

    def test_a_merge_is_done_once(self, rooms: Rooms) -> None:
        merge = two(rooms)
        rooms.merges.merge(merge, together(merge))
        with pytest.raises(Conflict):
            rooms.merges.merge(merge, together(merge))

    def test_an_alias_is_not_written_as_a_customer(self, rooms: Rooms) -> None:
        merge = two(rooms)
        rooms.merges.merge(merge, together(merge))
        with pytest.raises(Conflict):
            rooms.customers.write(merge.absorbed, an_episode())

    def test_an_unmerge_restores_both_and_their_keys(self, rooms: Rooms) -> None:
        merge = two(rooms)
        rooms.merges.merge(merge, together(merge))
        rooms.merges.unmerge(merge, *parted(merge))
        ann, bob = rooms.customers.read("c-1"), rooms.customers.read("c-2")
        assert ann == replace(merge.survivor, version=3)
        assert bob == replace(merge.absorbed, version=3)
        assert rooms.identities.find_owners([MAIL, CARD]) == {MAIL: "c-1", CARD: "c-2"}
        found = rooms.identities.read_clusters(["c-1", "c-2"])
        assert (found["c-1"].keys, found["c-2"].keys) == ((MAIL,), (CARD,))
        last = rooms.merges.read_last("c-2")
        assert last
        assert last.undone_at
        assert replace(last, undone_at="") == merge

    def test_an_unmerge_is_done_once(self, rooms: Rooms) -> None:
        merge = two(rooms)
        rooms.merges.merge(merge, together(merge))
        rooms.merges.unmerge(merge, *parted(merge))
        with pytest.raises(Conflict):
            rooms.merges.unmerge(merge, *parted(merge))

    def test_the_last_of_several_merges_is_found(self, rooms: Rooms) -> None:
        first = two(rooms)
        rooms.merges.merge(first, together(first))
        rooms.merges.unmerge(first, *parted(first))
        second = planned(rooms, at=1)
        rooms.merges.merge(second, together(second))
        assert rooms.merges.read_last("c-2") == second


def untouched(rooms: Rooms) -> None:
    found = rooms.customers.read("c-2")
    assert found
    assert found.customer_id == "c-2"
    assert rooms.identities.find_owners([CARD]) == {CARD: "c-2"}
    assert rooms.merges.read_last("c-2") is None


@pytest.mark.usefixtures("in_aws")
class TestMergesInDynamoDB:
    def test_a_merge_is_one_call_and_leaves_nothing_to_dispatch(self) -> None:
        rooms = in_dynamodb()
        merge = two(rooms)
        with moto_resources.counted(aws_clients.dynamodb()) as calls:
            rooms.merges.merge(merge, together(merge))
        assert calls == ["TransactWriteItems"]
        assert all("outbox" not in item for item in moto_resources.items("customers"))

    def test_a_conflict_is_one_line_however_often_it_is_noted(self) -> None:
        conflicts = KeyConflicts(moto_resources.table("merges", "customer_id", "entry"))
        found = KeyConflict(PHONE, "c-2", "belongs to another known customer", moved=True)
        record = KeyConflictRecord(event_id="e-1", at=NOON, customer_id="c-1", conflict=found)
        conflicts.note([record])
        conflicts.note([record])
        [item] = moto_resources.items("merges")
        assert item["entry"]["S"].startswith("conflict#2026-11-22")
        assert json.loads(item["record"]["S"]) == record.to_dict()
        assert "expires" in item
