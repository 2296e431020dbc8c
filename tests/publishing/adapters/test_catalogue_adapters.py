"""The marketers' rows and the published catalogues."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from hub.catalogue.adapters.catalogue_store import (
    CatalogueStore,
    NewestCatalogue,
    build_template_loader,
)
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import load_compiled_catalogue
from hub.catalogue.ports import CatalogueStore as StorePort
from hub.kernel.errors import Conflict, Rejected
from hub.platform.adapters import aws_clients
from hub.publishing.adapters.catalogue_rows_table import CatalogueRows
from hub.publishing.adapters.rollback_request import RollbackRequests
from hub.publishing.domain.catalogue_diff import RowEdit
from tests import fakes, moto_resources
from tests.factories import NOON


def a_snapshot(number: int, **rules: Any) -> dict[str, Any]:
    return {"number": number, "rows": {"rules": rules}}


class TestCatalogueStore:
    @pytest.fixture
    def store(self, real: bool) -> StorePort:
        if not real:
            return fakes.CatalogueStore()
        return CatalogueStore(
            moto_resources.table("catalogue", "name"), moto_resources.bucket("catalogue")
        )

    def test_before_the_first_there_is_the_empty_catalogue(self, store: StorePort) -> None:
        assert store.read_newest_number() == 0
        assert store.load(0) == {"number": 0, "rows": {}}

    def test_catalogues_are_numbered_and_stay(self, store: StorePort) -> None:
        store.publish(1, a_snapshot(1, welcome={"then": []}))
        store.publish(2, a_snapshot(2))
        assert store.read_newest_number() == 2
        assert store.load(1) == a_snapshot(1, welcome={"then": []})
        assert store.load(2) == a_snapshot(2)

    def test_an_artifact_is_stored_with_its_catalogue(self, store: StorePort) -> None:
        store.publish(1, a_snapshot(1), b"prebuilt")
        store.publish(2, a_snapshot(2))
        assert store.load_compiled(1) == b"prebuilt"
        assert store.load_compiled(2) is None
        store.store_compiled(2, b"later")
        assert store.load_compiled(2) == b"later"

    @pytest.mark.parametrize("number", [1, 3])
    def test_only_the_next_number_is_published(self, store: StorePort, number: int) -> None:
        store.publish(1, a_snapshot(1))
        with pytest.raises(Conflict):
            store.publish(number, a_snapshot(number, other={}))
        assert store.read_newest_number() == 1
        assert store.load(1) == a_snapshot(1)

    def test_a_number_that_was_never_published_is_rejected(self, store: StorePort) -> None:
        with pytest.raises(Rejected):
            store.load(9)


@pytest.mark.usefixtures("in_aws")
def test_a_half_published_catalogue_is_published_by_the_next_publisher() -> None:
    store = CatalogueStore(
        moto_resources.table("catalogue", "name"), moto_resources.bucket("catalogue")
    )
    body = b'{"number": 1, "rows": {"left": {}}}'
    aws_clients.s3().put_object(Bucket="catalogue", Key="catalogue/000001.json", Body=body)
    with pytest.raises(Conflict):
        store.publish(1, a_snapshot(1))
    assert store.read_newest_number() == 1
    assert store.load(1) == {"number": 1, "rows": {"left": {}}}
    store.publish(2, a_snapshot(2))
    assert store.read_newest_number() == 2


class CountingStore(fakes.CatalogueStore):
    """Counts the reads."""

    def __init__(self) -> None:
        super().__init__()
        self.number_reads = 0
        self.loads = 0

    def read_newest_number(self) -> int:
        self.number_reads += 1
        return super().read_newest_number()

    def load(self, number: int) -> dict[str, Any]:
        self.loads += 1
        return super().load(number)


class TestNewestCatalogue:
    @staticmethod
    def _number(snapshot: Mapping[str, Any]) -> int:
        return int(snapshot["number"])

    def test_a_publication_is_seen_after_five_seconds_and_not_before(self) -> None:
        store = CountingStore()
        newest = NewestCatalogue(store, self._number)
        assert newest.read_current(NOON) == 0
        store.publish(1, a_snapshot(1))
        reads = store.number_reads
        assert newest.read_current(NOON + timedelta(seconds=4.9)) == 0
        assert store.number_reads == reads
        assert newest.read_current(NOON + timedelta(seconds=5)) == 1

    def test_a_catalogue_is_loaded_and_compiled_once(self) -> None:
        store = CountingStore()
        store.publish(1, a_snapshot(1))
        newest = NewestCatalogue(store, self._number)
        for second in range(0, 60, 6):
            assert newest.read_current(NOON + timedelta(seconds=second)) == 1
        assert store.loads == 1

    def test_a_compiled_catalogue_is_not_compiled_again(self) -> None:
        store = CountingStore()
        store.publish(1, a_snapshot(1), b"7")
        assert NewestCatalogue(store, self._number, int).read_current(NOON) == 7
        assert store.loads == 0

    def test_an_artifact_that_cannot_be_loaded_is_compiled(self) -> None:
        store = CountingStore()
        store.publish(1, a_snapshot(1), b"of another release")
        catalogue = NewestCatalogue(
            store, Catalogue.from_snapshot, load_compiled_catalogue
        ).read_current(NOON)
        assert catalogue.number == 1


@pytest.mark.usefixtures("in_aws")
def test_a_catalogue_of_another_publisher_gets_no_artifact_of_ours() -> None:
    store = CatalogueStore(
        moto_resources.table("catalogue", "name"), moto_resources.bucket("catalogue")
    )
    body = b'{"number": 1, "rows": {"left": {}}}'
    aws_clients.s3().put_object(Bucket="catalogue", Key="catalogue/000001.json", Body=body)
    with pytest.raises(Conflict):
        store.publish(1, a_snapshot(1), b"ours")
    assert store.load_compiled(1) is None


class TestTemplates:
    WELCOME: ClassVar = {
        "template_id": "welcome",
        "purpose": "service",
        "email": {"en": {"subject": "Hi", "text": "Hi", "html": "<p>Hi</p>"}},
        "default_language": "en",
    }

    def test_a_template_is_as_it_was_published_under_a_number(self) -> None:
        store = CountingStore()
        rows = {"templates": {"welcome": self.WELCOME, "odd": {"template_id": 7}}}
        store.publish(1, {"number": 1, "rows": rows})
        templates = build_template_loader(store)
        assert templates(0) == {}
        for _ in range(3):
            assert list(templates(1)) == ["welcome"]
        assert templates(1)["welcome"].find_body("email", "de")["subject"] == "Hi"
        assert store.loads == 2


RULE = {"rule_id": "cart", "priority": 10, "then": [{"do": "send", "template": "t"}]}


class TestCatalogueRows:
    @pytest.fixture
    def rows(self, real: bool) -> CatalogueRows | fakes.CatalogueRows:
        if not real:
            return fakes.CatalogueRows()
        return CatalogueRows(
            {
                "rules": (moto_resources.table("Rules", "rule_id"), "rule_id"),
                "templates": (moto_resources.table("Templates", "template_id"), "template_id"),
            }
        )

    @staticmethod
    def _type(rows: CatalogueRows | fakes.CatalogueRows, row: dict[str, Any]) -> None:
        if isinstance(rows, fakes.CatalogueRows):
            rows.put("rules", row)
        else:
            import boto3  # noqa: PLC0415 - only this run has moto's credentials

            boto3.resource("dynamodb").Table("Rules").put_item(Item=row)

    def test_rows_are_read_as_they_were_typed(
        self, rows: CatalogueRows | fakes.CatalogueRows
    ) -> None:
        self._type(rows, RULE)
        assert {table: typed for table, typed in rows.read_all().items() if typed} == {
            "rules": [RULE]
        }

    def test_edits_are_carried_out_in_their_order(
        self, rows: CatalogueRows | fakes.CatalogueRows
    ) -> None:
        self._type(rows, RULE)
        row = {"rule_id": "cart", "then": [{"do": "send", "value": 0.5}], "priority": 3}
        many = [RowEdit("rules", f"r-{n}", {"rule_id": f"r-{n}"}) for n in range(150)]
        rows.edit([RowEdit("rules", "cart", row), *many])
        rows.edit([RowEdit("rules", edit.key, None) for edit in many])
        assert rows.read_all()["rules"] == [row]
        rows.edit([])

    def test_more_edits_than_one_transaction_takes_are_carried_out(
        self, rows: CatalogueRows | fakes.CatalogueRows
    ) -> None:
        large = [
            RowEdit("rules", f"r{n}", {"rule_id": f"r{n}", "a": "x" * 300_000}) for n in range(15)
        ]
        small = [RowEdit("rules", f"s{n}", {"rule_id": f"s{n}"}) for n in range(101)]
        rows.edit([*large, *small])
        assert len(rows.read_all()["rules"]) == 116

    def test_feedback_is_written_on_its_row(
        self, rows: CatalogueRows | fakes.CatalogueRows
    ) -> None:
        self._type(rows, RULE)
        feedback = {"status": "live", "catalogue": 3, "problems": [], "running": 3}
        rows.write_feedback("rules", "cart", feedback)
        assert rows.read_all()["rules"] == [{**RULE, "published": feedback}]

    def test_a_deleted_row_stays_deleted(self, rows: CatalogueRows | fakes.CatalogueRows) -> None:
        rows.write_feedback("rules", "cart", {"status": "live"})
        assert rows.read_all()["rules"] == []


class TestRollbacks:
    """`_request` types a request; `_item` reads the result."""

    @pytest.fixture
    def rollbacks(self, real: bool) -> RollbackRequests | fakes.RollbackRequests:
        return (
            RollbackRequests(moto_resources.table("catalogue", "name"))
            if real
            else fakes.RollbackRequests()
        )

    @staticmethod
    def _request(rollbacks: RollbackRequests | fakes.RollbackRequests, to: Any, typed: Any) -> None:
        if isinstance(rollbacks, fakes.RollbackRequests):
            rollbacks.item["roll_back_to"] = to
        else:
            name, values = {"name": {"S": "newest"}}, {":to": typed}
            aws_clients.dynamodb().update_item(
                TableName="catalogue",
                Key=name,
                UpdateExpression="SET roll_back_to = :to",
                ExpressionAttributeValues=values,
            )

    @staticmethod
    def _item(rollbacks: RollbackRequests | fakes.RollbackRequests) -> Any:
        if isinstance(rollbacks, fakes.RollbackRequests):
            return rollbacks.item
        (item,) = CatalogueRows({"newest": ("catalogue", "name")}).read_all()["newest"]
        return {key: value for key, value in item.items() if key != "name"}

    def test_without_a_request_there_is_none(self, rollbacks: RollbackRequests) -> None:
        assert rollbacks.read_request() is None

    @pytest.mark.parametrize(
        ("to", "typed"), [(12, {"N": "12"}), ("twelve", {"S": "twelve"}), (True, {"BOOL": True})]
    )
    def test_a_completed_request_is_gone(
        self, rollbacks: RollbackRequests, to: object, typed: object
    ) -> None:
        self._request(rollbacks, to, typed)
        assert rollbacks.read_request() == to
        rollbacks.complete(to, {"rollback_refused": "no"})
        assert rollbacks.read_request() is None
        assert self._item(rollbacks) == {"rollback_refused": "no"}

    def test_only_the_last_result_remains(self, rollbacks: RollbackRequests) -> None:
        for result in ({"rollback_refused": "no"}, {"rolled_back": {"to": 1, "put": ["rules/r"]}}):
            self._request(rollbacks, 1, {"N": "1"})
            rollbacks.complete(rollbacks.read_request(), result)
            assert self._item(rollbacks) == result

    def test_a_newer_request_is_not_removed(self, rollbacks: RollbackRequests) -> None:
        self._request(rollbacks, 2, {"N": "2"})
        rollbacks.complete(1, {"rolled_back": {"to": 1}})
        assert rollbacks.read_request() == 2


@pytest.mark.usefixtures("in_aws")
def test_a_publication_leaves_the_request_on_the_item() -> None:
    table = moto_resources.table("catalogue", "name")
    store, rollbacks = (
        CatalogueStore(table, moto_resources.bucket("catalogue")),
        RollbackRequests(table),
    )
    item: Any = {"name": {"S": "newest"}, "roll_back_to": {"S": "1"}}
    aws_clients.dynamodb().put_item(TableName=table, Item=item)
    assert store.read_newest_number() == 0
    store.publish(1, a_snapshot(1))
    store.publish(2, a_snapshot(2))
    assert (store.read_newest_number(), rollbacks.read_request()) == (2, "1")


@pytest.mark.usefixtures("in_aws")
def test_every_type_of_the_console_becomes_json() -> None:
    table = moto_resources.table("Rules", "rule_id")
    item: Any = {
        "rule_id": {"S": "odd"},
        "whole": {"N": "3.0"},
        "part": {"N": "0.25"},
        "set": {"SS": ["b", "a"]},
        "numbers": {"NS": ["2", "1"]},
        "map": {"M": {"list": {"L": [{"BOOL": True}, {"NULL": True}]}}},
        "bytes": {"B": b"abc"},
    }
    aws_clients.dynamodb().put_item(TableName=table, Item=item)
    [row] = CatalogueRows({"rules": (table, "rule_id")}).read_all()["rules"]
    assert row == {
        "rule_id": "odd",
        "whole": 3,
        "part": 0.25,
        "set": ["a", "b"],
        "numbers": [1, 2],
        "map": {"list": [True, None]},
        "bytes": "abc",
    }
    assert isinstance(row["whole"], int)
