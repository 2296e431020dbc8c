"""The records of a file, by its form: what is read, what a bad one costs, what is refused whole."""

import codecs
import io
import json
from contextlib import suppress
from datetime import date, datetime
from typing import IO, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records import read_records
from hub.intake.domain.file_records.limits import LIMITS
from hub.intake.domain.file_records.record import Record
from hub.kernel.errors import Rejected


def form(name: str, **given: Any) -> FileDefinition:
    return FileDefinition.from_dict({"format": name, **given})


def read(file: FileDefinition, body: bytes) -> list[Record]:
    return list(read_records(file, io.BytesIO(body)))


def payloads(file: FileDefinition, body: bytes) -> list[Any]:
    found = read(file, body)
    assert [record.fault for record in found] == [""] * len(found)
    return [record.payload for record in found]


CSV = form("csv", columns=["name", "size"])
TWO = [{"name": "café", "size": "1"}, {"name": "a,b", "size": "2"}]


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        ({}, 'name,size\ncafé,1\n"a,b",2\n'.encode()),
        ({"encoding": "cp1252", "delimiter": ";"}, "name;size\r\ncafé;1\r\na,b;2".encode("cp1252")),
        ({"delimiter": "\t", "quote": ""}, "name\tsize\ncafé\t1\na,b\t2\n".encode()),
        ({"quote": "'"}, "name,size\ncafé,1\n'a,b',2\n".encode()),
        ({"quote": "", "escape": "\\"}, "name,size\ncafé,1\na\\,b,2\n".encode()),
        ({"header": False}, 'café,1\n"a,b",2\n'.encode()),
        ({"encoding": "cp1252"}, 'name,size\ncafé,1\n"a,b",2\n'.encode("utf-8-sig")),
        ({}, codecs.BOM_UTF16_LE + 'name,size\ncafé,1\n"a,b",2\n'.encode("utf-16-le")),
        ({"encoding": "utf-16-be"}, 'name,size\ncafé,1\n"a,b",2\n'.encode("utf-16-be")),
        ({"encoding": "cp500"}, 'name,size\x85café,1\x85"a,b",2\x85'.encode("cp500")),
    ],
)
def test_csv_of_any_dialect_and_encoding_says_the_same(
    dialect: dict[str, Any], body: bytes
) -> None:
    assert payloads(form("csv", columns=["name", "size"], **dialect), body) == TWO


def test_without_a_header_rows_have_the_columns_of_the_source() -> None:
    found = read(form("csv", header=False, columns=["name", "size"]), b"a\nb,2\n")
    assert [record.fault for record in found] == ["has 1 columns where the header has 2", ""]


@pytest.mark.parametrize("encoding", ["utf-9", "utf-16"])
def test_bytes_that_no_encoding_fits_are_refused(encoding: str) -> None:
    with pytest.raises(Rejected):
        read(form("csv", columns=["a"], encoding=encoding), b"a\n\x00\xd8\x00")


def test_json_lines_cost_themselves_only() -> None:
    body = b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": \n"caf\xe9"\n{"b": [2.5, null]}'
    good, cut, wrong, last = read(form("jsonl"), body)
    assert (good.payload, last.payload) == ({"a": 1}, {"b": [2.5, None]})
    assert (cut.fault.partition(":")[0], cut.text) == ("is not JSON", '{"a":')
    assert (wrong.fault.partition(":")[0], wrong.text) == ("is not JSON", '"caf\\xe9"')


def test_json_nested_too_deep_is_no_payload() -> None:
    (record,) = read(form("jsonl"), b"[" * 40 + b"]" * 40)
    assert record.fault == "is nested more than 32 deep"
    with pytest.raises(Rejected, match="deep"):
        read(form("json"), b"[" * 100_000)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=5), json_values)
def test_the_items_of_an_array_are_read_as_they_stand_wherever_it_is(
    items: list[Any], other: Any
) -> None:
    document = {"before": other, "data": {"x": [other], "orders": items}, "after": [other]}
    assert payloads(form("json", path="data.orders"), json.dumps(document).encode()) == items
    assert payloads(form("json"), json.dumps(items).encode()) == items


@pytest.mark.parametrize(
    ("path", "body", "reason", "before"),
    [
        ("", b'{"a": 1}', "is not a list", 0),
        ("a.b", b'{"a": [], "b": []}', "has no list at a.b", 0),
        ("", b"", "is not a complete JSON document", 0),
        ("", b'[{"a": 1}, {"a": ', "is not a complete JSON document", 1),
        ("", b'[{"a": 1}] x', "is not a complete JSON document", 1),
        (
            "",
            b'[1, "' + b"x" * 2 * LIMITS.record + b'"]',
            "has more than 1048576 bytes between",
            1,
        ),
    ],
)
def test_a_json_document_that_is_broken_is_read_up_to_there(
    path: str, body: bytes, reason: str, before: int
) -> None:
    records = read_records(form("json", **({"path": path} if path else {})), io.BytesIO(body))
    for _ in range(before):
        next(records)
    with pytest.raises(Rejected, match=reason):
        list(records)


SALES = form("xml", element="sale")


def test_xml_records_are_objects() -> None:
    body = """<?xml version="1.0" encoding="iso-8859-1"?>
    <till:day xmlns:till="urn:till"><head>not read</head><till:sales>
      <till:sale no="7"><item>café</item><item>tea</item><price currency="GBP"> 4.15 </price>
        <gift/></till:sale>
      <till:sale>plain</till:sale>
    </till:sales></till:day>""".encode("iso-8859-1")
    price = {"@currency": "GBP", "#text": "4.15"}
    assert payloads(SALES, body) == [
        {"@no": "7", "item": ["café", "tea"], "price": price, "gift": ""},
        {"#text": "plain"},
    ]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE day [<!ENTITY a "b">]>',
        '<!DOCTYPE day SYSTEM "http://example.com/day.dtd">',
        '<!DOCTYPE day [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_xml_with_a_document_type_or_entities_is_refused(head: str) -> None:
    with pytest.raises(Rejected, match="document type or entities"):
        read(SALES, f"{head}<day><sale>x</sale></day>".encode())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is not a complete XML document"),
        (b"<day><sale>1</sale><sale>", "is not a complete XML document"),
        (b"<day><sale>&other;</sale></day>", "is not a complete XML document"),
        (b'<?xml version="1.0" encoding="klingon"?><day/>', "is not a complete XML document"),
        (b"<day/>", "has no element sale"),
        (b"<a>" * 40, "is nested more than 32 deep"),
        (
            b"<day><sale>" + b"x" * 2 * LIMITS.record,
            "has more than 1048576 bytes between two records",
        ),
    ],
)
def test_xml_that_cannot_be_the_sources_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(SALES, body)


def workbook(*rows: list[Any], title: str = "Sales") -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    book.create_sheet("Notes")
    for row in rows:
        sheet.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def test_cells_are_the_texts_that_a_csv_would_hold() -> None:
    names = ["id", "price", "when", "day", "paid", "note"]
    row = [12923, 4.15, datetime(2011, 10, 6, 16, 20), date(2011, 10, 6), True, None]  # noqa: DTZ001 a cell has no zone
    body = workbook(names, row, [], [7.0])
    assert payloads(form("xlsx", columns=["id"]), body) == [
        dict(zip(names, ["12923", "4.15", "2011-10-06 16:20:00", *_DAY, "true", ""], strict=True)),
        dict.fromkeys(names, "") | {"id": "7"},
    ]


_DAY = ["2011-10-06 00:00:00"]


def formatted(numbers: list[tuple[float, str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "format"])
    for number, number_format in numbers:
        sheet.append([number, number_format])
        sheet.cell(sheet.max_row, 1).number_format = number_format
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(2, 12)), max_size=5))
@settings(max_examples=30, deadline=None)
def test_a_number_has_the_leading_zeros_of_its_format(numbers: list[tuple[int, int]]) -> None:
    body = formatted([(number, "0" * places) for number, places in numbers])
    read_ids = [payload["id"] for payload in payloads(form("xlsx", columns=["id"]), body)]
    assert read_ids == [str(number).zfill(places) for number, places in numbers]


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        (123, "00000", "00123"),
        (123.0, "00000", "00123"),
        (4711, '"K-"000000', "K-004711"),
        (4711, "000\\-000", "004-711"),
        (123456, "000-00", "1234-56"),
        (123, "00000;-00000", "00123"),
        (123, "General", "123"),
        (123, "0", "123"),
        (123, "0.00", "123"),
        (123, "#,##0", "123"),
        (-5, "00000", "-5"),
        (0.5, "00", "0.5"),
    ],
)
def test_a_format_of_digits_is_the_spelling_of_an_id_and_any_other_is_not(
    number: float, number_format: str, text: str
) -> None:
    body = formatted([(number, number_format)])
    assert payloads(form("xlsx", columns=["id"]), body)[0]["id"] == text


def test_a_bad_row_of_a_workbook_costs_itself_only() -> None:
    body = workbook(["a", "b"], ["#N/A", 1], [1, 2, 3], [4, 5])
    faults = [record.fault for record in read(form("xlsx", columns=["a"]), body)]
    assert faults == [
        "has the error #N/A in column 1",
        "has 3 columns where the header has 2",
        "",
    ]


def test_another_sheet_than_the_first_can_be_named() -> None:
    body = workbook(["a"], [1])
    with pytest.raises(Rejected, match="the file is empty"):
        read(form("xlsx", columns=["a"], sheet="Notes"), body)
    with pytest.raises(Rejected, match="no sheet 'Stock'; its sheets are Sales, Notes"):
        read(form("xlsx", columns=["a"], sheet="Stock"), body)


@pytest.mark.parametrize("spoil", [b"", b"PK\x05\x06", workbook(["a"])[:-400], b"x" * 99])
def test_what_is_no_workbook_is_refused(spoil: bytes) -> None:
    with pytest.raises(Rejected):
        read(form("xlsx", columns=["a"]), spoil)


@given(st.data())
def test_a_spoilt_workbook_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    body = bytearray(_BOOK)
    for _ in range(data.draw(st.integers(1, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    for file in (form("xlsx", columns=["a"]), form("xml", element="a"), form("json"), CSV):
        with suppress(Rejected):
            read(file, bytes(body))


_BOOK = workbook(["a", "b"], ["x", 1.5], ["y", datetime(2026, 1, 1)])  # noqa: DTZ001 a cell has no zone


class Endless(io.RawIOBase):
    """A file of one line that never ends."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        buffer[:] = b"1" * len(buffer)
        self.read_bytes += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("name", ["csv", "jsonl", "json", "xml", "fixed-width"])
def test_a_record_without_end_does_not_fill_the_memory(name: str) -> None:
    given: dict[str, dict[str, Any]] = {"csv": {"columns": ["a"]}, "xml": {"element": "a"}}
    body = Endless()
    with pytest.raises(Rejected):
        list(read_records(form(name, **given.get(name, {})), cast("IO[bytes]", body)))
    assert body.read_bytes <= 2 * LIMITS.record
