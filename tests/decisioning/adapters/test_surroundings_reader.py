"""The surroundings that decisions are made in."""

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.adapters.surroundings_reader import SurroundingsReader
from hub.history.adapters.decision_archive import Archive
from hub.model.decision import Claim
from hub.platform.adapters import aws_clients
from hub.surroundings.adapters.capacity_table import CapacityClaims
from hub.surroundings.adapters.fact_table import FactStore
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from hub.surroundings.domain.thing_fact import Fact
from tests import fakes, moto_resources
from tests.factories import NOON, later

EMPTY = Catalogue.from_snapshot({"number": 0, "rows": {}})


class Around:
    """The tables, and who reads them."""

    def __init__(self) -> None:
        self.things, self.capacity = fakes.FactStore(), fakes.CapacityClaims()
        self.archive = fakes.Archive()
        self.reader = SurroundingsReader(self.things, self.capacity, self.archive)

    def counted(self, available: int, minute: int = 0) -> None:
        says = {"available": available}
        self.things.note([Fact("stock", "cup", says, minute, f"e-{minute}", "stock", NOON)])


def test_where_nothing_is_known_nothing_is_kept() -> None:
    around = Around()
    found = around.reader.read_current(EMPTY, NOON)
    assert (found, found.name) == (NO_SURROUNDINGS, "")
    assert around.archive.around == {}


def test_what_is_known_is_kept_under_its_name_before_it_is_used() -> None:
    around = Around()
    around.counted(3)
    around.capacity.claim("a-1", [Claim("queue:retention", 1, 5)], later(hours=1), NOON)
    found = around.reader.read_current(EMPTY, NOON)
    assert found.stock == {"cup": {"available": 3, "as_of": 0}}
    assert found.claimed == {"queue:retention": 1}
    assert Surroundings.from_dict(around.archive.read_surroundings(found.name)) == found


def test_it_is_read_every_ten_seconds_and_kept_only_when_it_changed() -> None:
    around = Around()
    around.counted(3)
    first = around.reader.read_current(EMPTY, NOON)
    around.counted(2, minute=1)
    assert around.reader.read_current(EMPTY, later(seconds=9)) is first
    second = around.reader.read_current(EMPTY, later(seconds=10))
    assert second.stock["cup"]["available"] == 2
    around.archive.around.clear()
    assert around.reader.read_current(EMPTY, later(seconds=20)) is second
    assert around.archive.around == {}


def test_what_is_learned_of_the_catalogue_belongs_to_it() -> None:
    learned = {"beans": {"email#1s#0": {"shown": 7}}}
    tables = fakes.FactStore(), fakes.CapacityClaims(), fakes.Archive()
    reader = SurroundingsReader(*tables, lambda catalogue, _: learned if catalogue is EMPTY else {})
    assert reader.read_current(EMPTY, NOON).learned == learned


@pytest.mark.usefixtures("in_aws")
def test_reading_it_all_is_five_queries() -> None:
    things = FactStore(moto_resources.table("things", "kind", "name"))
    capacity = CapacityClaims(moto_resources.table("capacity", "place", "line"))
    reader = SurroundingsReader(things, capacity, Archive(moto_resources.bucket("archive")))
    with moto_resources.counted(aws_clients.dynamodb()) as calls:
        for second in range(10):
            reader.read_current(EMPTY, later(seconds=second))
    assert calls == ["Query"] * 5
