"""The surroundings are read every few seconds, and stored before a decision uses them."""

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


class SurroundingsTables:
    """Fakes of the tables and the archive, and a reader of them."""

    def __init__(self) -> None:
        self.facts, self.capacity = fakes.FactStore(), fakes.CapacityClaims()
        self.archive = fakes.Archive()
        self.reader = SurroundingsReader(self.facts, self.capacity, self.archive)

    def report_stock(self, available: int, minute: int = 0) -> None:
        properties = {"available": available}
        self.facts.note([Fact("stock", "cup", properties, minute, f"e-{minute}", "stock", NOON)])


def test_empty_surroundings_are_not_stored() -> None:
    tables = SurroundingsTables()
    surroundings = tables.reader.read_current(EMPTY, NOON)
    assert (surroundings, surroundings.name) == (NO_SURROUNDINGS, "")
    assert tables.archive.around == {}


def test_surroundings_are_stored_under_their_name_before_they_are_used() -> None:
    tables = SurroundingsTables()
    tables.report_stock(3)
    tables.capacity.claim("a-1", [Claim("queue:retention", 1, 5)], later(hours=1), NOON)
    surroundings = tables.reader.read_current(EMPTY, NOON)
    assert surroundings.stock == {"cup": {"available": 3, "as_of": 0}}
    assert surroundings.claimed == {"queue:retention": 1}
    assert (
        Surroundings.from_dict(tables.archive.read_surroundings(surroundings.name)) == surroundings
    )


def test_surroundings_are_read_every_ten_seconds_and_stored_only_if_they_changed() -> None:
    tables = SurroundingsTables()
    tables.report_stock(3)
    first = tables.reader.read_current(EMPTY, NOON)
    tables.report_stock(2, minute=1)
    assert tables.reader.read_current(EMPTY, later(seconds=9)) is first
    second = tables.reader.read_current(EMPTY, later(seconds=10))
    assert second.stock["cup"]["available"] == 2
    tables.archive.around.clear()
    assert tables.reader.read_current(EMPTY, later(seconds=20)) is second
    assert tables.archive.around == {}


def test_surroundings_have_the_counters_of_the_catalogue() -> None:
    learned = {"beans": {"email#1s#0": {"shown": 7}}}
    tables = fakes.FactStore(), fakes.CapacityClaims(), fakes.Archive()
    reader = SurroundingsReader(*tables, lambda catalogue, _: learned if catalogue is EMPTY else {})
    assert reader.read_current(EMPTY, NOON).learned == learned


@pytest.mark.usefixtures("in_aws")
def test_reading_all_tables_takes_five_queries() -> None:
    facts = FactStore(moto_resources.table("things", "kind", "name"))
    capacity = CapacityClaims(moto_resources.table("capacity", "place", "line"))
    reader = SurroundingsReader(facts, capacity, Archive(moto_resources.bucket("archive")))
    with moto_resources.counted(aws_clients.dynamodb()) as calls:
        for second in range(10):
            reader.read_current(EMPTY, later(seconds=second))
    assert calls == ["Query"] * 5
