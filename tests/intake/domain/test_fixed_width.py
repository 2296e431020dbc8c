"""Fixed width as old platforms write it: positions, EBCDIC, packed and zoned numbers."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.file_definition import FileDefinition, find_file_definition
from hub.intake.domain.file_records import read_records
from hub.intake.domain.file_records.mainframe_numbers import parse_packed, parse_zoned
from hub.intake.domain.file_records.record import Record
from hub.intake.domain.file_records.text_decoding import decode_text
from hub.kernel.errors import Rejected
from hub.platform.adapters.schema_folder import find_schemas_folder

TILL = find_schemas_folder() / "sources" / "till_ibm" / "samples"
LAYOUT = [
    {"name": "id", "at": 1, "length": 3},
    {"name": "price", "at": 4, "length": 3, "kind": "packed", "decimals": 2},
]


def read(body: bytes, **given: Any) -> list[Record]:
    file = FileDefinition.from_dict({"format": "fixed-width", "layout": LAYOUT, **given})
    return list(read_records(file, io.BytesIO(body)))


@pytest.mark.parametrize("name", ["day.ebc", "day.vb", "day.txt", "day.csv"])
def test_the_day_of_a_till_is_the_same_in_ebcdic_in_text_and_in_csv(name: str) -> None:
    source = load_sources().find("till_ibm")
    assert source is not None
    file = find_file_definition(name, source.files)
    assert file is not None
    stream = io.BytesIO((TILL / name).read_bytes())
    found = [record.payload for record in read_records(file, stream)]
    wanted = ["sale.json", "return.json", "sale.unknown.json"]
    assert found == [json.loads((TILL / sample).read_text()) for sample in wanted]


def test_records_of_a_known_length_have_no_line_ends() -> None:
    body = "A\n1".encode("cp037") + b"\x00\x41\x5c" + "B 2".encode("cp500") + b"\x12\x34\x5d"
    assert [r.payload for r in read(body + b"\r\n\x1a", encoding="cp037", record_length=6)] == [
        {"id": "A\n1", "price": "4.15"},
        {"id": "B 2", "price": "-123.45"},
    ]


def test_a_record_that_breaks_off_or_holds_no_number_costs_itself_only() -> None:
    body = b"A 1\x00\x41\x5c" + b"A 2\x00\x4a\x5c" + b"A 3   " + b"A 4\x00"
    good, wrong, blank, cut = read(body, record_length=6)
    assert (good.payload, blank.payload) == (
        {"id": "A 1", "price": "4.15"},
        {"id": "A 3", "price": ""},
    )
    assert wrong.fault == "price at byte 4 is not a packed number"
    assert (cut.fault, cut.text) == ("has 4 bytes where a record has 6", "A 4\x00")


def test_blanks_lost_at_the_end_of_a_line_are_blanks() -> None:
    layout = [{"name": "id", "at": 1, "length": 3}, {"name": "note", "at": 4, "length": 9}]
    found = read(b"A 1hello\r\n\r\nA\n\x1a", layout=layout)
    assert [r.payload for r in found] == [{"id": "A 1", "note": "hello"}, {"id": "A", "note": ""}]


def described(*records: bytes) -> bytes:
    """Each after its record descriptor word."""
    return b"".join((len(data) + 4).to_bytes(2) + b"\0\0" + data for data in records)


def test_records_of_variable_length_follow_their_descriptor_words() -> None:
    layout = [
        {"name": "id", "at": 1, "length": 3},
        {"name": "price", "at": 4, "length": 3, "kind": "packed", "decimals": 2},
        {"name": "note", "at": 7, "length": 9},
    ]
    whole = "A\n1".encode("cp037") + b"\x00\x41\x5c" + "gift".encode("cp037")
    body = described(whole, whole[:6], b"", whole[:5]) + b"\r\n\x1a"
    long, short, empty, cut = read(body, encoding="cp037", record_descriptors=True, layout=layout)
    assert long.payload == {"id": "A\n1", "price": "4.15", "note": "gift"}
    assert short.payload == {"id": "A\n1", "price": "4.15", "note": ""}
    assert empty.payload == {"id": "", "price": "", "note": ""}
    assert cut.fault == "price at byte 4 is not a packed number"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"\0\x05\1\0A", "record 2 is a segment of a spanned record"),
        (b"\0\x03\0\0", "record 2 has no record descriptor word"),
        (b"\0\x09", "record 2 has no record descriptor word"),
        (b"\0\x09\0\0AB", "record 2 has 2 bytes where its word says 5"),
        (b"A plain line", "record 2 is a segment of a spanned record"),
        (b"\r\n\r\n" + described(b"A 2"), "record 2 is a segment of a spanned record"),
    ],
)
def test_what_came_before_a_broken_descriptor_word_is_read(broken: bytes, reason: str) -> None:
    file = FileDefinition.from_dict(
        {"format": "fixed-width", "layout": LAYOUT, "record_descriptors": True}
    )
    records = read_records(file, io.BytesIO(described(b"A 1") + broken))
    assert next(records).payload == {"id": "A 1", "price": ""}
    with pytest.raises(Rejected, match=reason):
        next(records)


@given(st.lists(st.binary(max_size=40)), st.integers(1, 7))
def test_records_come_out_of_their_words_however_the_bytes_arrive(
    records: list[bytes], at_once: int
) -> None:
    class Drops(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size, at_once) if size and size > 0 else size)

    layout = [{"name": "all", "at": 1, "length": 40}]
    given_ = {"format": "fixed-width", "encoding": "latin-1", "record_descriptors": True}
    file = FileDefinition.from_dict({**given_, "layout": layout})
    found = [record.payload["all"] for record in read_records(file, Drops(described(*records)))]
    assert found == [data.decode("latin-1").rstrip(" \0") for data in records]


def test_ebcdic_without_a_record_length_is_refused() -> None:
    with pytest.raises(Rejected, match="line ends of its own"):
        read(b"A", encoding="cp037")


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("cp037", b"\xba\xbb\xb0\x5f\xad\xbd", "[]^¬Ý¨"),
        ("cp500", b"\x4a\x5a\x5f\xba\xb0\xbb", "[]^¬¢|"),
        ("cp1047", b"\xad\xbd\x5f\xb0\xba\xbb", "[]^¬Ý¨"),
        ("cp1140", b"\x9f\xc1\xf1", "€A1"),
    ],
)
def test_code_pages_differ_in_a_few_places(encoding: str, data: bytes, text: str) -> None:
    assert decode_text(data, encoding) == text


def test_every_byte_of_code_page_1047_is_a_character_of_its_own() -> None:
    every = decode_text(bytes(range(256)), "cp1047")
    assert sorted(every) == sorted(bytes(range(256)).decode("latin-1"))


@given(st.integers(-(10**9) + 1, 10**9 - 1), st.integers(0, 4))
def test_a_number_written_packed_or_zoned_is_read_back(number: int, decimals: int) -> None:
    digits = f"{abs(number):09d}"
    letters = "}JKLMNOPQR" if number < 0 else "{ABCDEFGHI"
    text = parse_zoned(digits[:-1] + letters[int(digits[-1])], decimals)
    assert text == parse_packed(bytes.fromhex(digits + ("d" if number < 0 else "c")), decimals)
    assert round(float(text) * 10**decimals) == number


@pytest.mark.parametrize(
    ("text", "number"), [("00012", "12"), ("12-", "-12"), ("-7", "-7"), ("+7", "7"), ("  ", "")]
)
def test_zoned_numbers_come_with_plain_signs_too(text: str, number: str) -> None:
    assert parse_zoned(text, 0) == number


@pytest.mark.parametrize("text", ["1A2", "x", "1.5", "-", "\u0661"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Rejected):
        parse_zoned(text, 2)
