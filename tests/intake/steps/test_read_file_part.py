"""A file that takes longer than a call may: handed on, no row lost and none said twice."""

import gzip
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.steps.announced_files import AnnouncedFiles
from hub.intake.steps.load_file import LoadFile
from hub.kernel.errors import Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.kernel.safe_id import to_opaque_id
from hub.messaging.ports import Refusals
from tests.fakes import Bus, Files, FixedClock, RetryQueue
from tests.intake.steps.test_load_file import ADJUSTMENT, HEADER, RETURN, SALE

SOURCES = load_sources()


@dataclass
class Bucket:
    """A bucket with one file in it, and a function that has time for `batches` of rows a call."""

    body: bytes
    key: str = "till/day.csv"
    batches: int = 1
    limits: FileLimits = field(default_factory=FileLimits)
    bus: Bus = field(default_factory=Bus)
    queue: RetryQueue = field(default_factory=RetryQueue)
    files: Files = field(default_factory=Files)
    calls: int = 0

    def __post_init__(self) -> None:
        self.files.files[self.key] = self.body

    def announcement(self, id_: str = "a-1") -> dict[str, Any]:
        return {"id": id_, "detail": {"object": {"key": self.key, "etag": "e1"}}}

    def receive(self, body: dict[str, Any]) -> None:
        self.calls += 1
        left = iter(range(self.batches - 1, -1, -1))
        loader = LoadFile(
            self.files,
            SOURCES,
            self.bus,
            FixedClock(),
            lambda: next(left) == 0,
            lambda: None,
            self.limits,
        )
        failures = AnnouncedFiles(loader, self.queue)([QueueMessage("m", body)])
        if failures:
            raise failures["m"]

    def read(self, body: dict[str, Any] | None = None) -> None:
        """Until no turn is left."""
        self.receive(body or self.announcement())
        while self.queue.bodies:
            self.receive(dict(self.queue.bodies.pop(0)))

    def account(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.files.files[f"{self.key}.reconciliation.json"])
        return found

    def set_aside(self) -> list[dict[str, Any]]:
        lines = self.files.files.get(f"{self.key}.quarantine.jsonl", b"").splitlines()
        return [json.loads(line) for line in lines]

    def rows(self) -> list[int]:
        return [int(delivery.id.rpartition(":")[2]) for delivery in self.bus.payloads]


def zipped(**files: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return body.getvalue()


MANY = HEADER + (SALE * 99 + ADJUSTMENT) * 4 + RETURN
GOOD = [n for n in range(1, 402) if n % 100]


@pytest.mark.parametrize("batches", [1, 2, 3, 9])
def test_a_long_file_is_handed_on_until_it_is_read_in_order(batches: int) -> None:
    bucket = Bucket(MANY, batches=batches)
    bucket.read()
    assert bucket.rows() == GOOD
    account = bucket.account()
    assert (account["events"], account["quarantined"], account["refused"]) == (397, 4, "")
    assert [entry["row"] for entry in bucket.set_aside()] == [100, 200, 300, 400]
    assert bucket.calls == {1: 6, 2: 3, 3: 2, 9: 1}[batches]
    assert json.loads(bucket.files.files["till/day.csv.manifest.json"])["files"][0]["rows"] == 401


def test_between_two_turns_the_account_says_how_far_it_is_and_there_is_no_manifest() -> None:
    bucket = Bucket(MANY)
    bucket.receive(bucket.announcement())
    assert (bucket.account()["rows_read"], bucket.account()["finished_at"]) == (100, None)
    assert [entry["row"] for entry in bucket.set_aside()] == [100]
    assert "till/day.csv.manifest.json" not in bucket.files.files
    assert bucket.queue.bodies == [{**bucket.announcement(), "turn": 1}]


def test_the_message_of_an_earlier_turn_that_comes_again_leaves_the_file_alone() -> None:
    bucket = Bucket(MANY)
    bucket.receive(bucket.announcement())
    second = dict(bucket.queue.bodies.pop())
    bucket.receive(second)
    before = bucket.rows()
    bucket.receive(bucket.announcement())
    assert bucket.rows() == before
    assert bucket.account()["turn"] == 1


def test_the_same_file_dropped_again_while_it_is_read_takes_over_where_it_stands() -> None:
    bucket = Bucket(MANY)
    bucket.receive(bucket.announcement())
    late = dict(bucket.queue.bodies.pop())
    bucket.read(bucket.announcement("a-2"))
    bucket.receive(late)
    assert bucket.rows() == GOOD


@pytest.mark.parametrize("turn", [{}, {"turn": 1}])
def test_a_turn_that_cannot_be_sent_is_taken_again(turn: dict[str, int]) -> None:
    class Full(RetryQueue):
        def send(self, bodies: Any) -> Refusals:
            return dict.fromkeys(range(len(bodies)), "OverLimit")

    bucket = Bucket(MANY, queue=Full())
    with pytest.raises(Unavailable, match="OverLimit"):
        bucket.receive(bucket.announcement() | turn)
    bucket.queue = RetryQueue()
    bucket.read(bucket.announcement() | turn)
    assert bucket.rows() == GOOD
    assert bucket.account()["rows_read"] == 401


def test_a_file_of_nothing_but_bad_rows_is_handed_on_too() -> None:
    bucket = Bucket(HEADER + ADJUSTMENT * 350)
    bucket.read()
    assert (bucket.calls, bucket.account()["quarantined"]) == (5, 350)


def test_what_announces_no_file_is_rejected() -> None:
    bucket = Bucket(MANY)
    bodies: list[dict[str, Any]] = [{}, {"detail": {}}, {**bucket.announcement(), "turn": "soon"}]
    for body in bodies:
        with pytest.raises(Rejected, match="is not the announcement of a file"):
            bucket.receive(body)


@pytest.mark.parametrize("batches", [1, 9])
def test_each_file_in_a_zip_is_accounted_for_by_its_own_name(batches: int) -> None:
    body = zipped(a_csv=HEADER + SALE * 150, b_txt=b"hello", c_csv=MANY, d_csv=b"wrong\n1\n")
    bucket = Bucket(body, "till/days.zip", batches)
    bucket.read()
    account = bucket.account()
    assert account["refused"] == (
        "b.txt the files of till end in .csv; d.csv the header lacks InvoiceNo, StockCode,"
        " Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country"
    )
    told = json.loads(bucket.files.files["till/days.zip.manifest.json"])
    assert [(part["name"], part["rows"], part["events"]) for part in told["files"]] == [
        ("a.csv", 150, 150),
        ("b.txt", 0, 0),
        ("c.csv", 401, 397),
        ("d.csv", 0, 0),
    ]
    assert [(entry["file"], entry["row"]) for entry in bucket.set_aside()] == [
        ("c.csv", row) for row in (100, 200, 300, 400)
    ]
    assert bucket.bus.payloads[0].id == f"{to_opaque_id('till/days.zip/a.csv:e1')}:1"
    assert len({delivery.id for delivery in bucket.bus.payloads}) == 547


def test_dropped_again_only_what_was_refused_is_read_again() -> None:
    bucket = Bucket(zipped(a_csv=HEADER + SALE, b_csv=b"wrong\n"), "till/days.zip", 9)
    bucket.read()
    bucket.files.files[bucket.key] = zipped(a_csv=HEADER + SALE, b_csv=HEADER + RETURN)
    bucket.read(bucket.announcement("a-2"))
    assert [d.payload["InvoiceNo"] for d in bucket.bus.payloads] == ["569901", "C569902"]
    assert bucket.account()["refused"] == ""
    bucket.read(bucket.announcement("a-3"))
    assert len(bucket.bus.payloads) == 2


def test_a_file_that_breaks_off_is_read_up_to_there_and_dropped_again_adds_nothing() -> None:
    body = gzip.compress(HEADER + b"".join(SALE.replace(b"5699", b"%04d" % n) for n in range(5000)))
    bucket = Bucket(body[: len(body) // 2], "till/day.csv.gz", 999)
    bucket.read()
    assert "is damaged" in bucket.account()["refused"]
    read = bucket.rows()
    assert len(read) == len(set(read)) == bucket.account()["events"] > 100
    bucket.read(bucket.announcement("a-2"))
    assert bucket.rows() == read
    bucket.files.files[bucket.key] = body
    bucket.read(bucket.announcement("a-3"))
    assert bucket.rows() == list(range(1, 5001))


@pytest.mark.parametrize(
    ("limits", "reason", "fewest"),
    [
        (FileLimits(ratio=10, harmless=100_000), "as a zip bomb does", 100),
        (FileLimits(records=200), "has more than 200 rows", 200),
        (FileLimits(stored=1000), "at most 1000 are allowed", 0),
    ],
)
def test_a_file_over_its_limits_is_refused_with_the_reason(
    limits: FileLimits, reason: str, fewest: int
) -> None:
    body = gzip.compress(HEADER + SALE * 4000, mtime=0) + b"\0" * 900
    bucket = Bucket(body, "till/day.csv.gz", 999, limits)
    bucket.read()
    assert bucket.account()["refused"].endswith(reason)
    assert fewest <= bucket.account()["events"] == len(bucket.rows()) < 4000


def test_a_file_whose_rows_are_nearly_all_bad_is_refused_before_its_quarantine_is_large() -> None:
    body = HEADER + SALE + ADJUSTMENT * 4000
    bucket = Bucket(body, batches=2, limits=FileLimits(quarantine=50_000))
    bucket.read()
    account = bucket.account()
    assert account["refused"].endswith("has more than 50000 bytes of rows in quarantine")
    assert account["events"] == 1
    assert 50_000 < len(bucket.files.files["till/day.csv.quarantine.jsonl"]) < 100_000


def test_a_large_workbook_in_an_archive_is_refused_before_it_fills_the_disk() -> None:
    body = gzip.compress(bytes(range(256)) * 4_000)
    bucket = Bucket(body, "crm/day.xlsx.gz", limits=FileLimits(workbook=100_000))
    bucket.read()
    reason = "is a workbook of more than 100000 bytes in an archive"
    assert bucket.account()["refused"].endswith(reason)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_however_often_it_is_cut_off_or_repeated_every_row_is_said_in_order(
    data: st.DataObject,
) -> None:
    lines = data.draw(st.lists(st.sampled_from([SALE * 60, RETURN, ADJUSTMENT * 30]), max_size=12))
    bucket = Bucket(HEADER + b"".join(lines), batches=data.draw(st.integers(1, 3)))
    waiting = [bucket.announcement()]
    while waiting:
        message = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
        bucket.receive(message)
        waiting += [dict(body) for body in bucket.queue.bodies]
        bucket.queue.bodies.clear()
        if data.draw(st.booleans()) and len(waiting) == 1:
            waiting.append(message)
    account = bucket.account()
    assert account["finished_at"]
    assert account["rows_read"] == b"".join(lines).count(b"\n")
    assert account["events"] == len(bucket.rows())
    assert bucket.rows() == sorted(set(bucket.rows()))
    assert len(bucket.set_aside()) == account["quarantined"]
