"""The file entrance: one delivery a row, bad rows beside the file, every row accounted for."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.file_reconciliation import FileAnnouncement as Announced
from hub.intake.domain.file_reconciliation import Reconciliation
from hub.intake.steps.deliver_rows import TRIES
from hub.intake.steps.load_file import LoadFile
from hub.kernel.errors import Unavailable
from hub.kernel.safe_id import to_opaque_id
from hub.messaging.ports import Refusals
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.fakes import Bus, Files, FixedClock

SOURCES = load_sources()
KEY = "till/day.csv"
IDS = to_opaque_id(f"{KEY}:e1")
HEADER = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SALE = b"569901,23256,CUTLERY ,2,2011-10-06 16:20:00,4.15,12923.0,United Kingdom\n"
RETURN = b"C569902,23256,CUTLERY ,-1,2011-10-06 16:21:00,4.15,12923.0,United Kingdom\n"
ADJUSTMENT = b"569903,23256,???missing,-9,2011-10-06 16:22:00,0.0,,United Kingdom\n"
RETAIL = (find_schemas_folder().parent / "examples" / "retail" / "till.csv").read_bytes()


@dataclass
class CountingBus(Bus):
    """A real bus that is busy the first `busy` times: it then takes every other entry only. It
    takes no more than `full_after` in all."""

    busy: int = 0
    full_after: int = 10_000
    calls: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals:
        self.calls.append(len(payloads))
        if len(self.payloads) + len(payloads) > self.full_after:
            return dict.fromkeys(range(len(payloads)), "ThrottlingException")
        if len(self.calls) > self.busy:
            return super().publish_payloads(payloads)
        super().publish_payloads(payloads[::2])
        return dict.fromkeys(range(1, len(payloads), 2), "ThrottlingException")


@dataclass
class Drop:
    """A bucket with one file in it."""

    body: bytes = HEADER + SALE
    key: str = KEY
    bus: CountingBus = field(default_factory=CountingBus)
    clock: FixedClock = field(default_factory=FixedClock)
    files: Files = field(default_factory=Files)

    def __post_init__(self) -> None:
        self.files.files[self.key] = self.body

    def load(self, etag: str = '"e1"') -> Reconciliation | None:
        loader = LoadFile(self.files, SOURCES, self.bus, self.clock, lambda: False, lambda: None)
        return loader(Announced(self.key, etag))

    def account(self) -> dict[str, Any]:
        account: dict[str, Any] = json.loads(self.files.files[f"{self.key}.reconciliation.json"])
        assert account["rows_read"] == account["events"] + account["quarantined"]
        return account

    def quarantine(self) -> list[dict[str, Any]]:
        lines = self.files.files.get(f"{self.key}.quarantine.jsonl", b"").splitlines()
        return [json.loads(line) for line in lines]


def test_every_row_is_a_delivery_with_an_id_of_its_own() -> None:
    drop = Drop(HEADER + SALE + RETURN)
    drop.load()
    assert [delivery.id for delivery in drop.bus.payloads] == [f"{IDS}:1", f"{IDS}:2"]
    first = drop.bus.payloads[0]
    assert (first.source, first.correlation_id) == ("till", f"till:{IDS}:1")
    assert first.payload["Description"] == "CUTLERY "
    assert first.payload["CustomerID"] == "12923.0"


def test_the_account_stands_beside_the_file() -> None:
    drop = Drop(HEADER + SALE + ADJUSTMENT)
    account = drop.load()
    assert account is not None
    assert drop.account() == account.to_dict()
    part = {
        "name": "day.csv",
        "format": "csv",
        "ids": IDS,
        "events": 1,
        "quarantined": 1,
        "row": 2,
        "ended": True,
        "refused": "",
    }
    assert account.to_dict() == {
        "file": KEY,
        "etag": "e1",
        "source": "till",
        "rows_read": 2,
        "events": 1,
        "quarantined": 1,
        "started_at": "2026-11-22T12:00:00.000Z",
        "finished_at": "2026-11-22T12:00:00.000Z",
        "refused": "",
        "announced": "",
        "turn": 0,
        "parts": [part],
        "kept": [part],
    }


def test_in_however_many_parts_a_file_was_sent_its_rows_have_the_same_ids() -> None:
    """The ETag of a file in parts depends on their size, so another tool gives it another one."""
    body = HEADER + SALE + RETURN
    whole = hashlib.md5(body, usedforsecurity=False).hexdigest()
    ids = []
    for etag in (whole, "0123456789abcdef0123456789abcdef-2", "fedcba9876543210-3"):
        drop = Drop(body)
        assert drop.load(etag)
        assert drop.account()["etag"] == etag
        ids.append([delivery.id for delivery in drop.bus.payloads])
    name = to_opaque_id(f"{KEY}:{whole}")
    assert ids == [[f"{name}:1", f"{name}:2"]] * 3


def test_a_file_in_parts_that_is_overwritten_meanwhile_is_left_to_its_own_announcement() -> None:
    drop = Drop()
    drop.files.etags[KEY] = "another-2"
    assert drop.load("one-2") is None
    assert drop.bus.payloads == []


def test_a_manifest_tells_people_what_came_from_where() -> None:
    drop = Drop(HEADER + SALE + ADJUSTMENT)
    drop.load()
    text = drop.files.files[f"{KEY}.manifest.json"].decode()
    assert text.count("\n") > 10
    assert json.loads(text) == {
        "file": KEY,
        "etag": "e1",
        "source": "till",
        "started_at": "2026-11-22T12:00:00.000Z",
        "finished_at": "2026-11-22T12:00:00.000Z",
        "refused": "",
        "set_aside": f"{KEY}.quarantine.jsonl",
        "files": [
            {
                "name": "day.csv",
                "format": "csv",
                "rows": 2,
                "events": 1,
                "quarantined": 1,
                "refused": None,
                "event_ids": f"till:{IDS}:<row>",
            }
        ],
    }


def test_bad_rows_are_set_aside_with_number_reason_field_and_text() -> None:
    bad = [
        ADJUSTMENT,
        SALE.replace(b"4.15", b"free"),
        SALE.replace(b"CUTLERY", b"CAF\xc9"),
        SALE.replace(b",12923.0", b""),
        SALE.replace(b"2011-10-06", b"2011-02-30"),
        SALE.replace(b"4.15", b"4.1501"),
    ]
    drop = Drop(HEADER + SALE + b"".join(line + RETURN for line in bad))
    drop.load()
    found = drop.quarantine()
    assert [entry["row"] for entry in found] == [2, 4, 6, 8, 10, 12]
    assert [entry["field"] for entry in found][1] == "UnitPrice"
    assert [entry["field"] for entry in found][4:] == ["occurred_at", "properties.amount"]
    assert [entry["reason"].partition(":")[0] for entry in found] == [
        "is a stock adjustment, not a sale",
        'the value does not match "^[0-9]{1,9}(\\.[0-9]{1,6})?$" (a price such as 2.55)',
        "has bytes in column 3 that are not utf-8",
        "has 7 columns where the header has 8",
        "cannot be mapped",
        "cannot be mapped",
    ]
    assert found[0]["line"] == ADJUSTMENT.decode().rstrip()
    assert "CAF\\xc9" in found[2]["line"]
    assert len(drop.bus.payloads) == 1 + len(bad)


def test_the_retailers_file_is_accounted_for() -> None:
    drop = Drop(RETAIL)
    drop.load()
    assert drop.account()["rows_read"] == 2096
    assert [entry["row"] for entry in drop.quarantine()] == [
        1 + [b"???missing" in line for line in RETAIL.splitlines()[1:]].index(True)
    ]
    assert len({delivery.id for delivery in drop.bus.payloads}) == 2095
    assert max(drop.bus.calls) <= 100


def test_a_file_that_is_settled_is_not_loaded_again() -> None:
    drop = Drop()
    drop.load()
    assert drop.load() is None
    assert len(drop.bus.payloads) == 1


def test_the_same_name_with_other_content_is_another_file() -> None:
    drop = Drop(HEADER + ADJUSTMENT)
    drop.load()
    drop.files.files[KEY] = HEADER + SALE
    drop.load("e2")
    assert drop.account()["etag"] == "e2"
    assert drop.quarantine() == []
    assert [delivery.id for delivery in drop.bus.payloads] == [f"{to_opaque_id(f'{KEY}:e2')}:1"]


@pytest.mark.parametrize(
    "key",
    [
        "till/day.csv.manifest.json",
        "till/day.csv.quarantine.jsonl",
        "till/day.csv.reconciliation.json",
        "till/",
    ],
)
def test_what_the_hub_wrote_itself_is_left_alone(key: str) -> None:
    drop = Drop(key=key)
    assert drop.load() is None
    assert list(drop.files.files) == [key]


@pytest.mark.parametrize(
    ("key", "body", "reason"),
    [
        ("nobody/day.csv", HEADER + SALE, "there is no source nobody that sends files"),
        ("day.csv", HEADER + SALE, "there is no source day.csv that sends files"),
        ("shop/day.csv", HEADER + SALE, "there is no source shop that sends files"),
        ("../day.csv", HEADER + SALE, "there is no source .. that sends files"),
        ("till/day.xlsx", HEADER + SALE, "the files of till end in .csv"),
        (KEY, b"", "the file is empty"),
        (KEY, SALE, "the header lacks InvoiceNo, StockCode, Description"),
        (KEY, HEADER.replace(b",Country", b"") + SALE, "the header lacks Country"),
        (KEY, HEADER.replace(b"\n", b",Country\n") + SALE, "the header names a column twice"),
        (KEY, HEADER.replace(b"Country", b"\xe9") + SALE, "the header has bytes in column 8"),
    ],
)
def test_a_file_that_cannot_be_the_sources_is_refused_whole(
    key: str, body: bytes, reason: str
) -> None:
    drop = Drop(body, key)
    drop.load()
    account = drop.account()
    assert account["refused"].startswith(reason)
    assert account["rows_read"] == 0
    assert drop.files.files[key] == body
    assert not drop.bus.payloads


def test_a_refused_file_is_loaded_once_its_fault_is_mended() -> None:
    drop = Drop(HEADER.replace(b"Country", b"Land") + SALE)
    drop.load()
    drop.files.files[KEY] = HEADER + SALE
    drop.load()
    assert drop.account()["refused"] == ""
    assert len(drop.bus.payloads) == 1


def test_more_columns_and_a_byte_order_mark_are_fine() -> None:
    header = b"\xef\xbb\xbf" + HEADER.replace(b"\n", b",Till\r\n")
    drop = Drop(header + SALE.replace(b"\n", b",7\r\n"))
    drop.load()
    assert drop.bus.payloads[0].payload["Till"] == "7"


def test_what_a_busy_bus_refused_is_sent_again_and_only_that() -> None:
    drop = Drop(HEADER + SALE * 10, bus=CountingBus(busy=2))
    drop.load()
    assert drop.bus.calls == [10, 5, 2]
    numbers = sorted(int(delivery.id.rpartition(":")[2]) for delivery in drop.bus.payloads)
    assert numbers == list(range(1, 11))


def test_a_bus_that_goes_on_refusing_is_unavailable_and_the_file_is_not_settled() -> None:
    drop = Drop(HEADER + SALE * 99, bus=CountingBus(busy=TRIES))
    with pytest.raises(Unavailable, match="Throttling"):
        drop.load()
    assert f"{KEY}.reconciliation.json" not in drop.files.files
    drop.load()
    assert drop.account()["events"] == 99
    assert len({delivery.id for delivery in drop.bus.payloads}) == 99


def test_a_row_that_the_bus_could_never_take_is_set_aside() -> None:
    huge = SALE.replace(b"CUTLERY", b"\x00" * 40_000)
    drop = Drop(HEADER + SALE + huge + SALE)
    drop.load()
    assert [entry["reason"] for entry in drop.quarantine()] == ["has more than 200000 bytes"]
    assert len(drop.bus.payloads) == 2


def test_an_account_that_somebody_spoilt_is_written_anew() -> None:
    drop = Drop()
    drop.files.files[f"{KEY}.reconciliation.json"] = b"{"
    drop.load()
    assert drop.account()["events"] == 1


def test_a_long_key_gives_ids_that_queues_take() -> None:
    drop = Drop(key="till/" + "caf\u00e9 " * 40 + ".csv")
    drop.load("0123456789abcdef0123456789abcdef-12")
    assert drop.bus.payloads[0].id.isascii()
    assert len(f"till:{drop.bus.payloads[0].id}") < 128


LINES = st.sampled_from([SALE, RETURN, ADJUSTMENT, b"\n", b'"\n', b"\xff,\n", b"x" * 300 + b"\n"])


@given(st.lists(LINES, max_size=12))
def test_rows_read_are_events_and_quarantined_rows_always(lines: list[bytes]) -> None:
    drop = Drop(HEADER + b"".join(lines))
    drop.load()
    account = drop.account()
    assert account["rows_read"] == sum(line != b"\n" for line in lines)
    assert (
        account["events"] == len(drop.bus.payloads) == sum(line in {SALE, RETURN} for line in lines)
    )
    assert account["quarantined"] == len(drop.quarantine())


MANY = HEADER + SALE * 250


def test_a_file_that_was_cut_off_goes_on_where_it_was_noted() -> None:
    drop = Drop(MANY, bus=CountingBus(busy=0))
    drop.bus.full_after = 200
    with pytest.raises(Unavailable):
        drop.load()
    assert (drop.account()["parts"][0]["row"], drop.account()["finished_at"]) == (200, None)
    drop.bus.full_after = 10_000
    drop.load()
    assert [d.id.rpartition(":")[2] for d in drop.bus.payloads] == [str(n) for n in range(1, 251)]
    assert (drop.account()["events"], drop.account()["rows_read"]) == (250, 250)


def test_a_file_overwritten_since_it_was_announced_is_left_to_its_own_announcement() -> None:
    drop = Drop()
    drop.files.etags[KEY] = "e2"
    assert drop.load('"e1"') is None
    assert drop.bus.payloads == []
    assert drop.load('"e2"') is not None
