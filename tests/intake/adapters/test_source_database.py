"""Polling a database: a real PostgreSQL, and the table of watermarks."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from hub.intake.adapters.source_database import SourceDatabase
from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.adapters.watermark_table import Watermarks
from hub.intake.domain.watermark import Watermark, fingerprint_row
from hub.intake.ports import Watermarks as WatermarksPort
from hub.intake.steps.poll_database import PollDatabase
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests import fakes, moto_resources
from tests.factories import NOON, later
from tests.intake.steps.test_poll_database import opaque
from tests.postgres import postgresql

TABLE = """
CREATE TABLE sale_line (
    line_id bigserial PRIMARY KEY,
    written_at timestamptz NOT NULL DEFAULT now(),
    sold_at timestamptz NOT NULL DEFAULT now(),
    receipt text NOT NULL,
    item text,
    description text,
    quantity integer NOT NULL,
    price numeric(9, 2) NOT NULL,
    currency char(3) NOT NULL DEFAULT 'GBP',
    card text,
    store text,
    promo_code text
)
"""
SALE = text(
    "INSERT INTO sale_line (receipt, item, quantity, price) VALUES (:receipt, 'cup', 1, 2.5)"
)
SOURCE = SourceDefinitions(find_schemas_folder() / "sources")("till_sql")
QUERY = "SELECT n FROM generate_series(1, 5) AS n WHERE n >= :since ORDER BY n"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture
def connect(server: str) -> Iterator[Callable[[], Connection]]:
    engine = create_engine(server, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS sale_line"))
        connection.execute(text(TABLE))
    yield engine.connect
    engine.dispose()


class Till:
    """The sample source `till_sql` on that server, polled into a bus in memory."""

    def __init__(self, url: str, time_is_up: Callable[[], bool] = lambda: False) -> None:
        assert SOURCE is not None
        assert SOURCE.database is not None
        self.bus, self.parked = fakes.Bus(), fakes.ParkedPayloads()
        source = replace(SOURCE, database=replace(SOURCE.database, batch=2))
        self.poll = PollDatabase(
            {"till_sql": source}.get,
            lambda: {"till_sql": url},
            SourceDatabase(),
            fakes.Watermarks(),
            self.bus,
            fakes.ClaimCheck(),
            self.parked,
            lambda: datetime.now(UTC),
            time_is_up,
        )

    def polled(self) -> list[str]:
        before = len(self.bus.payloads)
        assert self.poll([QueueMessage("m-1", {"source": "till_sql"})]) == {}
        return [delivery.id for delivery in self.bus.payloads[before:]]


def sold(connection: Connection, receipt: str) -> None:
    connection.execute(SALE, {"receipt": receipt})


class TestPostgreSQL:
    def test_each_row_is_delivered_once_as_json(
        self, server: str, connect: Callable[[], Connection]
    ) -> None:
        till = Till(server)
        with connect() as connection:
            sold(connection, "R-1")
            connection.commit()
        assert till.polled() == opaque("1")
        payload = till.bus.payloads[0].payload
        assert (payload["price"], payload["quantity"], payload["card"]) == ("2.50", 1, None)
        assert payload["sold_at"].endswith("Z")
        assert till.polled() == []

    def test_a_row_committed_after_later_ones_were_read_is_delivered(
        self, server: str, connect: Callable[[], Connection]
    ) -> None:
        till = Till(server)
        with connect() as slow, connect() as quick:
            sold(slow, "R-slow")
            sold(quick, "R-quick")
            quick.commit()
            assert till.polled() == opaque("2")
            slow.commit()
        assert till.polled() == opaque("1")
        assert till.polled() == []

    def test_a_poll_that_is_cut_off_is_gone_on_with(
        self, server: str, connect: Callable[[], Connection]
    ) -> None:
        with connect() as connection:
            for number in range(5):
                connection.execute(
                    text(
                        "INSERT INTO sale_line (written_at, receipt, item, quantity, price)"
                        " VALUES (now() - :age * interval '1 hour', 'R', 'cup', 1, 1)"
                    ),
                    {"age": 9 - number},
                )
            connection.commit()
        till = Till(server, time_is_up=lambda: True)
        assert [till.polled() for _ in range(4)] == [
            opaque("1", "2"),
            opaque("3"),
            opaque("4"),
            opaque("5"),
        ]

    def test_no_connection_is_left_behind(
        self, server: str, connect: Callable[[], Connection]
    ) -> None:
        with closing(SourceDatabase().read_rows(server, QUERY, 2, 2)) as batches:
            assert next(batches) == [{"n": 2}, {"n": 3}]
        with connect() as connection:
            others = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            assert connection.execute(text(others)).scalar_one() == 0

    def test_a_query_the_database_refuses_is_named_by_its_code(self, server: str) -> None:
        with pytest.raises(Rejected) as refusal:
            list(
                SourceDatabase().read_rows(
                    server, "SELECT nothing WHERE 1 >= :since ORDER BY 1", 1, 2
                )
            )
        assert refusal.value.field == "query"
        assert refusal.value.reason == "is refused by the database (42703)"

    @pytest.mark.parametrize(
        "place", ["db.example.com:{port}/postgres?", ":{port}/postgres?host=db.example.com&"]
    )
    def test_a_database_elsewhere_is_read_over_tls_unless_its_address_says_otherwise(
        self, server: str, place: str
    ) -> None:
        """The server here has no TLS. `hostaddr` leads a name to it."""
        elsewhere = f"postgresql+psycopg://segue@{place.format(port=make_url(server).port)}"
        elsewhere += "hostaddr=127.0.0.1"
        with pytest.raises(Unavailable, match="does not answer"):
            list(SourceDatabase().read_rows(elsewhere, QUERY, 4, 2))
        plain = f"{elsewhere}&sslmode=disable"
        assert list(SourceDatabase().read_rows(plain, QUERY, 4, 2)) == [[{"n": 4}, {"n": 5}]]


def test_a_database_that_is_away_is_asked_again_later() -> None:
    nobody = "postgresql+psycopg://segue@127.0.0.1:9/postgres"
    with pytest.raises(Unavailable, match="does not answer"):
        list(SourceDatabase().read_rows(nobody, QUERY, 1, 2))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgres", "is not a SQLAlchemy URL"),
        ("db2+ibm_db://crm", "needs a driver that is not in the bundle"),
        ("oracle+oracledb://crm", "needs a driver that is not in the bundle"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_quoting_it(url: str, reason: str) -> None:
    with pytest.raises(Rejected) as refusal:
        list(SourceDatabase().read_rows(url, QUERY, 1, 2))
    assert (refusal.value.field, refusal.value.reason) == ("address of the database", reason)


@pytest.fixture
def watermarks(real: bool) -> WatermarksPort:
    return Watermarks(moto_resources.table("watermarks", "source")) if real else fakes.Watermarks()


class TestWatermarks:
    @pytest.mark.parametrize(
        "high",
        [
            None,
            7,
            Decimal("7.5"),
            NOON + timedelta(microseconds=1),
            datetime(2026, 11, 22, 9, 30),  # noqa: DTZ001 a column without a zone
        ],
    )
    def test_it_is_read_as_it_was_noted(self, watermarks: WatermarksPort, high: Any) -> None:
        told = Watermark(high, frozenset(fingerprint_row(str(n)) for n in range(100)))
        assert watermarks.lease("till", "m-1", NOON, later(minutes=5)) == Watermark()
        watermarks.note("till", "m-1", told)
        watermarks.note("till", "m-1", replace(told, seen=frozenset()))
        watermarks.note("till", "m-1", told)
        watermarks.release("till", "m-1")
        assert watermarks.lease("till", "m-2", NOON, later(minutes=5)) == told

    def test_one_poll_at_a_time_has_a_source(self, watermarks: WatermarksPort) -> None:
        assert watermarks.lease("till", "m-1", NOON, later(minutes=5)) is not None
        assert watermarks.lease("till", "m-2", later(minutes=4), later(minutes=9)) is None
        assert watermarks.lease("crm", "m-2", NOON, later(minutes=5)) is not None
        assert watermarks.lease("till", "m-1", later(minutes=4), later(minutes=9)) is not None

    def test_who_lost_the_lease_notes_nothing_and_ends_nothing(
        self, watermarks: WatermarksPort
    ) -> None:
        watermarks.lease("till", "m-1", NOON, later(minutes=5))
        assert watermarks.lease("till", "m-2", later(minutes=6), later(minutes=11)) is not None
        with pytest.raises(Conflict):
            watermarks.note("till", "m-1", Watermark(7))
        watermarks.release("till", "m-1")
        assert watermarks.lease("till", "m-3", later(minutes=7), later(minutes=12)) is None
        watermarks.note("till", "m-2", Watermark(8))
