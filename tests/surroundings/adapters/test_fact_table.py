"""Stock, queues and promotions: one contract for the fake and the table."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from hub.surroundings.adapters.fact_table import FactStore
from hub.surroundings.domain.thing_fact import Fact
from hub.surroundings.ports import FactStore as ThingsPort
from tests import fakes, moto_resources
from tests.factories import NOON

NOON_MS = 1_795_348_800_000


@pytest.fixture
def things(real: bool) -> ThingsPort:
    return FactStore(moto_resources.table("things", "kind", "name")) if real else fakes.FactStore()


def a_level(event_id: str = "e-1", product: str = "22423", late: int = 0, **says: Any) -> Fact:
    says = says or {"available": 12}
    return Fact("stock", product, says, NOON_MS + late, event_id, "stock", NOON)


class TestThings:
    def test_nothing_is_known_at_first(self, things: ThingsPort) -> None:
        assert things.read() == {"stock": {}, "queues": {}, "promotions": {}}
        things.note([])
        assert things.read()["stock"] == {}

    def test_each_thing_is_kept_as_it_was_last_said(self, things: ThingsPort) -> None:
        queue = {"free": 3, "waiting": 0, "share": 0.25, "note": "späť"}
        things.note([a_level(), Fact("queues", "retention", queue, NOON_MS, "e-2", "acd", NOON)])
        things.note([a_level("e-3", late=1, available=-2)])
        assert things.read() == {
            "stock": {"22423": {"available": -2, "as_of": NOON_MS + 1}},
            "queues": {"retention": {**queue, "as_of": NOON_MS}},
            "promotions": {},
        }

    @pytest.mark.parametrize("order", list(permutations(range(4))))
    def test_whatever_the_order_the_same_is_known(
        self, things: ThingsPort, order: tuple[int, ...]
    ) -> None:
        facts = [
            a_level("e-1", available=1),
            a_level("e-2", late=5, available=2),
            a_level("e-3", late=5, available=3),
            a_level("e-4", late=2, available=4),
        ]
        for place in order:
            things.note([facts[place]] * 2)
        assert things.read()["stock"] == {"22423": {"available": 3, "as_of": NOON_MS + 5}}

    def test_of_one_batch_the_latest_counts(self, things: ThingsPort) -> None:
        things.note([a_level("e-2", late=5, available=2), a_level("e-1", available=1)])
        assert things.read()["stock"]["22423"]["available"] == 2

    def test_many_things_are_all_there(self, things: ThingsPort) -> None:
        things.note([a_level(f"e-{n}", f"p-{n}") for n in range(130)])
        assert len(things.read()["stock"]) == 130


@pytest.mark.usefixtures("in_aws")
def test_every_event_is_counted_once_even_one_that_came_late() -> None:
    table = moto_resources.table("things", "kind", "name")
    for _ in range(2):
        FactStore(table).note([a_level("e-2", late=9), a_level("e-2", late=9), a_level("e-1")])
    told = [row for row in moto_resources.items(table) if row["kind"]["S"] == "event"]
    goes = int((NOON + timedelta(days=90)).timestamp())
    assert sorted((r["name"]["S"], r["source"]["S"], int(r["expires"]["N"])) for r in told) == [
        ("e-1", "stock", goes),
        ("e-2", "stock", goes),
    ]
