"""CSV: a bad row costs itself, never its neighbours."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.file_records.csv_rows import MOST_LINES, CsvDialect, read_csv_rows
from hub.intake.domain.file_records.record import TableRow
from hub.intake.domain.file_records.text_decoding import read_lines, to_ascii_compatible
from hub.kernel.errors import Rejected

cells = st.text(st.sampled_from('ab,"\r\n é£;\\'), max_size=6)


def rows(body: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[TableRow]:
    stream, found = to_ascii_compatible(io.BytesIO(body), encoding)
    return list(read_csv_rows(read_lines(stream), CsvDialect(delimiter, found)))


def test_values_are_as_delivered() -> None:
    body = 'name,size\r\n"Tea, ""green""\nloose", 2 \r\n\r\ncaf\u00e9,\r\n'.encode()
    assert [row.values for row in rows(body)] == [
        ("name", "size"),
        ('Tea, "green"\nloose', " 2 "),
        ("caf\u00e9", ""),
    ]


def test_the_original_text_of_a_row_is_kept_without_its_line_end() -> None:
    assert rows(b'a,b\n"x\ny",z\n')[1].text == '"x\ny",z'


@pytest.mark.parametrize(
    ("line", "fault", "text"),
    [
        (b"1,2,3\n", "has 3 columns where the header has 2", "1,2,3"),
        (b"1\n", "has 1 columns where the header has 2", "1"),
        (b"1,caf\xe9\n", "has bytes in column 2 that are not utf-8", "1,caf\\xe9"),
        (b'1,"open\n', "has quotes that do not match", '1,"open'),
        (b'1,"a"b\n', "has quotes that do not match", '1,"a"b'),
        (b"1," + b"x" * 140_000 + b"\n", "has a value of more than 131072 characters", None),
    ],
)
def test_a_bad_row_says_what_is_wrong_and_its_neighbours_are_read(
    line: bytes, fault: str, text: str | None
) -> None:
    found = rows(b"a,b\nx,y\n" + line + b"v,w\n" * 300)
    assert [row.values for row in found[:2]] == [("a", "b"), ("x", "y")]
    assert (found[2].values, found[2].fault) == ((), fault)
    assert text is None or found[2].text == text
    assert [row.values for row in found[3:]] == [("v", "w")] * 300


def test_a_stray_quote_that_another_one_closes_costs_both_their_lines_only() -> None:
    found = rows(b'a,b\n1,"x\n2,y\n3,z"\n4,w\n')
    assert [row.values for row in found] == [("a", "b"), ("1", "x\n2,y\n3,z"), ("4", "w")]
    found = rows(b'a,b\n"1,x\n2,y\n3,z"\n4,w\n')
    faults = [bool(row.fault) for row in found]
    assert faults == [False, True, False, False, False]


def test_quotes_that_span_too_many_lines_are_not_followed() -> None:
    found = rows(b'a,b\n1,"' + b"x\n" * MOST_LINES + b'"\nv,w\n')
    assert found[1].fault == "has quotes that do not match"
    assert found[-1].values == ("v", "w")


def test_another_delimiter_and_encoding() -> None:
    assert rows("n;caf\u00e9\n1;\u20ac\n".encode("cp1252"), "cp1252", ";")[1].values == (
        "1",
        "\u20ac",
    )
    assert rows(b"n;m\n1;\x81\n", "cp1252", ";")[1].fault.endswith("not cp1252")


def test_a_byte_order_mark_is_no_part_of_the_first_value() -> None:
    assert rows(b'\xef\xbb\xbf"a",b\n')[0].values == ("a", "b")


def test_an_unknown_encoding_is_a_rejection() -> None:
    with pytest.raises(Rejected, match="no encoding"):
        rows(b"a\n", "utf-9")


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=8))
def test_whatever_csv_writes_is_read_back(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(table)
    assert [row.values for row in rows(out.getvalue().encode())] == [tuple(row) for row in table]


@given(st.lists(st.binary(max_size=12), max_size=12))
def test_any_bytes_give_rows_and_good_lines_survive_among_them(junk: list[bytes]) -> None:
    clean = [line.translate(None, b"\r\n") for line in junk]
    quoteless = [line.replace(b'"', b"") for line in clean]
    body = b"".join(line + b"\nv,w\n" for line in quoteless)
    found = rows(b"a,b\n" + body)
    assert sum(row.values == ("v", "w") for row in found) >= len(quoteless)
    for row in rows(b"a,b\n" + b"\n".join(clean)):
        assert bool(row.values) != bool(row.fault)
