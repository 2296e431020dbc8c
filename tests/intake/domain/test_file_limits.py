"""Hostile files: each is read as far as it can be, in bounded memory and with bounded work."""

import io
import json
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_reconciliation import FileProgress
from hub.intake.domain.file_records import SEEKABLE_FORMATS, read_records
from hub.intake.domain.file_records.archives import list_members
from hub.intake.domain.file_records.batches import split_batches
from hub.intake.domain.file_records.limits import LIMITS, FileLimits
from hub.intake.domain.file_records.record import Record
from hub.intake.steps.deliver_rows import DeliverRows, read_payload
from hub.kernel.errors import Rejected
from tests.fakes import Bus, FixedClock
from tests.intake.domain.hostile_files import (
    CSV,
    DESCRIBED,
    FIXED,
    GOOD,
    JSON,
    LINES,
    PACKED,
    SMALL,
    XLSX,
    XML,
    HostileFile,
    book,
    cell,
    huge_workbook,
    list_hostile_files,
)

SOURCES = load_sources()
HOSTILE = list_hostile_files()
MOST_CALLS = 1_000_000
MOST_BYTES = 4 * 1024 * 1024
"""What a file may take under `SMALL`. Each hostile file has room for several times as much."""


@dataclass
class Outcome:
    good: int = 0
    faults: list[str] = field(default_factory=list)
    refused: str = ""


def read(name: str, file: FileDefinition, body: bytes, limits: FileLimits) -> Outcome:
    outcome = Outcome()
    try:
        for member in list_members(name, io.BytesIO(body), limits):
            stream = member.open()
            if file.format in SEEKABLE_FORMATS and not stream.seekable():
                stream = io.BytesIO(stream.read())
            records = read_records(file, stream, limits)
            for batch in split_batches(records, 0, limits.records, limits.batch):
                for _, record in batch:
                    try:
                        read_payload(record)
                    except Rejected as fault:
                        outcome.faults.append(fault.reason)
                    else:
                        outcome.good += 1
    except Rejected as refusal:
        outcome.refused = refusal.reason
    return outcome


@contextmanager
def counted_calls() -> Iterator[list[int]]:
    """Counts every call of a function, of Python or C: work that no clock disturbs."""
    calls = [0]

    def count(_: FrameType, event: str, __: Any) -> None:
        if event in {"call", "c_call"}:
            calls[0] += 1
            if calls[0] > MOST_CALLS:
                sys.setprofile(None)
                raise AssertionError("the work has no bound")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@contextmanager
def measured_memory() -> Iterator[list[int]]:
    peak = [0]
    tracemalloc.start()
    try:
        yield peak
    finally:
        peak[0] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


@pytest.mark.parametrize("file", HOSTILE, ids=lambda file: file.id)
def test_a_hostile_file_costs_what_is_wrong_with_it_and_no_more(file: HostileFile) -> None:
    with counted_calls():
        outcome = read(file.name, file.form, file.body, SMALL)
    assert outcome.refused.startswith(file.refused)
    assert bool(outcome.refused) == bool(file.refused)
    assert outcome.good == file.good
    assert len(outcome.faults) == len(file.faults)
    for fault, expected in zip(outcome.faults, file.faults, strict=True):
        assert fault.startswith(expected)


@pytest.mark.parametrize("file", HOSTILE, ids=lambda file: file.id)
def test_a_hostile_file_is_never_in_memory_whole(file: HostileFile) -> None:
    with measured_memory() as peak:
        read(file.name, file.form, file.body, SMALL)
    assert peak[0] < MOST_BYTES


def test_the_corpus_is_small_on_disk_and_has_every_format() -> None:
    assert len(HOSTILE) >= 50
    assert {file.form.format for file in HOSTILE} == {
        *("csv", "jsonl", "json", "xml", "fixed-width", "xlsx")
    }


def test_a_bound_can_fail() -> None:
    with measured_memory() as peak:
        data = b"x" * 2 * MOST_BYTES
    assert peak[0] > MOST_BYTES
    with pytest.raises(AssertionError, match="no bound"), counted_calls():
        sum(len(data) for _ in range(2 * MOST_CALLS))


def test_a_workbook_whose_one_cell_has_700_megabytes_is_refused() -> None:
    stored = huge_workbook(700)
    assert len(stored) < 1024**2
    with measured_memory() as peak:
        outcome = read("f.xlsx", XLSX, stored, LIMITS)
    assert outcome.refused == "unpacks to more than 200 times its size, as a zip bomb does"
    assert peak[0] < MOST_BYTES


FORMS = (CSV, LINES, JSON, XML, XLSX, FIXED, PACKED, DESCRIBED)
NAMES = ("f.x", "f.gz", "f.zip")
pieces = st.sampled_from(
    [
        *(b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"[", b"{", b'"a":', b"1e9", b"]", b"}"),
        *(b"<s>", b"</s>", b"<", b"<!--", b"<![CDATA[", b"&#1;", b"&amp;", b"\x00\x06\0\0"),
        *(b"PK\x05\x06", b"PK\x03\x04", b"\x1f\x8b\x08\0", b"a,b\n", b"1,2\n", b"\\ud800"),
        *(b"9" * 30, b"\xc3", b"-"),
    ]
)
anything = st.one_of(st.binary(max_size=200), st.lists(pieces, max_size=40).map(b"".join))


@given(st.sampled_from(FORMS), st.sampled_from(NAMES), anything)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_put_in_quarantine_or_refused(
    file: FileDefinition, name: str, body: bytes
) -> None:
    outcome = read(name, file, body, SMALL)
    assert all(outcome.faults)
    assert outcome.good + len(outcome.faults) <= SMALL.records


sheet_pieces = st.sampled_from(
    [
        *("<row>", "</row>", '<row r="7">', "<c>", "</c>", '<c t="s">', '<c t="inlineStr">'),
        *("<v>", "</v>", "<is>", "</is>", "<t>", "</t>", "<rPh>", "</rPh>", '<c r="ZZ9">'),
        *('<c s="x">', '<c t="d">', '<c t="b">', '<c s="0">', "1", "-1", "1e999", "nan", "x", "é"),
        *(" ", "1_0", "2026-01-01", "T25:61", "&amp;", "<x/>", "<f>", "</f>", '<c s="-1">'),
        *('<c t="">', "0x1"),
    ]
)


@given(st.lists(sheet_pieces, max_size=20).map("".join), st.sampled_from(["", "14", "46", "170"]))
@settings(max_examples=300, deadline=None)
def test_any_sheet_is_read_put_in_quarantine_or_refused(rows: str, number_format: str) -> None:
    styles = f'<cellXfs><xf numFmtId="{number_format}"/></cellXfs>'
    shared = "<si><t>x</t><rPh><t>y</t></rPh></si>"
    outcome = read("f.xlsx", XLSX, book(GOOD + rows, styles=styles, shared=shared), SMALL)
    assert outcome.good >= 1
    assert all(outcome.faults)


values = st.sampled_from(["1", "x", "", "99999999999999", "1e999", "-1", "nan", "x" * 3_000])
kinds = st.sampled_from(["n", "s", "b", "d", "str", "inlineStr", "e", "other"])


@given(st.lists(st.tuples(kinds, values, st.sampled_from(["A1", "B1", "XFD1", "?"])), max_size=20))
@settings(max_examples=200, deadline=None)
def test_the_neighbours_of_a_bad_row_of_a_workbook_are_read(
    cells: list[tuple[str, str, str]],
) -> None:
    rows = [cell(value, f't="{kind}" r="{place}" s="0"') for kind, value, place in cells]
    body = book(
        "".join(row + GOOD for row in rows), styles='<cellXfs><xf numFmtId="14"/></cellXfs>'
    )
    outcome = read("f.xlsx", XLSX, body, SMALL)
    assert outcome.refused == ""
    assert outcome.good >= len(rows) + 1


@given(st.lists(st.binary(max_size=12), max_size=12))
def test_the_neighbours_of_a_bad_json_line_are_read(junk: list[bytes]) -> None:
    lines = [line.translate(None, b"\r\n") for line in junk]
    body = b"".join(line + b'\n{"a": 1}\n' for line in lines)
    outcome = read("f.jsonl", LINES, body, SMALL)
    assert outcome.good >= len(lines)


@pytest.mark.parametrize("payload", [10**30, "\ud800", [{"a": "\udfff"}]])
def test_what_the_bus_cannot_hold_goes_to_quarantine(payload: Any) -> None:
    quarantine, bus = io.BytesIO(), Bus()
    rows = DeliverRows(SOURCES, bus, FixedClock()(), {}, quarantine)
    source = SOURCES.find("till")
    assert source is not None
    batch = [(1, Record(payload=payload))]
    progress = rows.deliver_batch(source, FileProgress("f.json"), batch)
    assert (progress.quarantined, bus.payloads) == (1, [])
    entry = json.loads(quarantine.getvalue())
    assert entry["reason"] == "has a number of more than 64 bits, or half a character"
    assert json.loads(entry["line"]) == payload


excel_values = st.one_of(
    *(st.none(), st.booleans(), st.integers(-(10**12), 10**12)),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 6)),
    *(st.text(st.sampled_from("aé_x0 1"), max_size=6), st.dates(date(1901, 1, 1))),
    st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 a cell has no zone
    st.timedeltas(timedelta(0), timedelta(days=900)),
)


@given(st.lists(st.lists(excel_values, min_size=2, max_size=2), max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_cell_has_the_value_that_openpyxl_reads(rows: list[list[Any]]) -> None:
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("S")
    for row in [["a", "b"], *rows]:
        sheet.append(row)
    body = io.BytesIO()
    made.save(body)
    stored = openpyxl.load_workbook(body, read_only=True, data_only=True)["S"]
    expected = [[write_value(value) for value in [*row, None][:2]] for row in stored.values][1:]
    found = [record.payload for record in read_records(XLSX, io.BytesIO(body.getvalue()))]
    assert [[row["a"], row["b"]] for row in found] == [row for row in expected if any(row)]


def write_value(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def test_the_documentation_has_every_limit() -> None:
    page = Path("docs/api/files-and-databases.md").read_text(encoding="utf-8")
    for limit in fields(FileLimits):
        value = getattr(LIMITS, limit.name)
        written = f"{value:,}"
        for unit, size in (("KiB", 1024), ("MiB", 1024**2), ("GiB", 1024**3)):
            if value % size == 0 and value // size < 1024:
                written = f"{value // size} {unit}"
        assert any(text in page for text in (written, f"{value:,}")), limit.name
