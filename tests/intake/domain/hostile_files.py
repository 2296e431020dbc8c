"""Files that are small on disk and large, or wrong, inside. Each says what is to become of it."""

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.limits import FileLimits

SMALL = FileLimits(
    stored=3_950_000,
    unpacked=6_000_000,
    ratio=50,
    harmless=4_000_000,
    members=5,
    contents=5_000,
    records=5_000,
    batch=50_000,
    blanks=2_000,
    record=100_000,
    columns=100,
    cell=2_000,
    part=100_000,
    workbook=200_000,
    cells=20_000,
    texts=500,
    number_format=20,
    quarantine=300_000,
)
"""Limits so low that a test reaches each of them a hundred times over."""

ENDLESS = 3_900_000


@dataclass(frozen=True, slots=True)
class HostileFile:
    """`good` rows are read and `faults` are the reasons of the others. `refused` begins the reason
    of the whole file."""

    id: str
    name: str
    form: FileDefinition
    body: bytes
    good: int = 0
    faults: tuple[str, ...] = ()
    refused: str = ""


def form(name: str, **given: Any) -> FileDefinition:
    return FileDefinition.from_dict({"format": name, **given})


CSV = form("csv", columns=["a", "b"])
LINES = form("jsonl")
JSON = form("json")
XML = form("xml", element="s")
XLSX = form("xlsx", columns=["a", "b"])
FIXED = form("fixed-width", layout=[{"name": "a", "at": 1, "length": 2}])
PACKED = form(
    "fixed-width",
    record_length=2,
    encoding="cp500",
    layout=[{"name": "a", "at": 1, "length": 2, "kind": "packed"}],
)
DESCRIBED = form(
    "fixed-width", record_descriptors=True, layout=[{"name": "a", "at": 1, "length": 2}]
)


def zipped(*files: tuple[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return body.getvalue()


SHEET = "xl/worksheets/s.xml"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
GOOD = '<row><c t="str"><v>x</v></c><c t="str"><v>y</v></c></row>'


def book(
    rows: str,
    *,
    before: str = "",
    after: str = "",
    shared: str = "",
    styles: str = "",
    sheets: str = '<sheet name="S" sheetId="1" r:id="r1"/>',
) -> bytes:
    """A workbook whose sheet has a header, these rows, and a good row behind them."""
    relations = "".join(
        f'<Relationship Id="{id_}" Type="{REL}/{kind}" Target="{target}"/>'
        for id_, kind, target in (
            ("r1", "worksheet", "worksheets/s.xml"),
            ("r2", "sharedStrings", "shared.xml"),
            ("r3", "styles", "styles.xml"),
        )
    )
    main = f'<Relationships><Relationship Id="r" Type="{REL}/officeDocument" Target="xl/w.xml"/>'
    sheet = f"<sheetData>{HEAD}{rows}{GOOD}</sheetData>"
    parts = {
        "_rels/.rels": f"{main}</Relationships>",
        "xl/w.xml": f'<workbook xmlns:r="r"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/w.xml.rels": f"<Relationships>{relations}</Relationships>",
        SHEET: f"<worksheet>{before}{sheet}{after}</worksheet>",
        "xl/shared.xml": f"<sst>{shared}</sst>",
        "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
    }
    return zipped(*((name, text.encode()) for name, text in parts.items()))


def cell(value: str, attributes: str = "") -> str:
    return f"<row><c {attributes}><v>{value}</v></c></row>"


def _list_tables() -> Iterator[HostileFile]:
    def csv(id_: str, body: bytes, **expected: Any) -> HostileFile:
        return HostileFile(f"csv {id_}", "f.csv", CSV, body, **expected)

    long = "has a value of more than 2000 characters in column 2"
    quotes = "has quotes that do not match"
    yield csv("cell", b"a,b\n1," + b"x" * 9_000 + b"\n1,2\n", good=1, faults=(long,))
    row = b"," * 15_000
    many = "has 15001 columns where the header has 2"
    yield csv("row of cells", b"a,b\n" + row + b"\n1,2\n", good=1, faults=(many,))
    yield csv("header", row + b"\n1,2\n", refused="the header has 15001 columns, at most 100")
    yield csv(
        "line", b"a,b\n1,2\n" + b"x" * ENDLESS, good=1, refused="line 3 is longer than 100000"
    )
    blanks = "has 2000 more blank or wrongly quoted lines than rows"
    yield csv("blank lines", b"a,b\n1,2\n" + b"\n" * ENDLESS, good=1, refused=blanks)
    yield csv("blank lines of old", b"a,b\n1,2\n" + b"\r" * ENDLESS, good=1, refused=blanks)
    quoted = b'x","\n' * (ENDLESS // 5)
    yield csv("open quotes", b"a,b\n" + quoted, faults=(quotes,) * 20, refused=blanks)
    lines = b'1,"\n' + (b"x" * 10_000 + b"\n") * 90
    expected = (quotes,) + ("has 1 columns where the header has 2",) * 90
    yield csv("lines in quotes", b"a,b\n" + lines + b"1,2\n", good=1, faults=expected)
    yield csv("rows", b"a,b\n" + b"1,2\n" * 9_000, good=5_000, refused="has more than 5000 rows")
    utf16 = b"\xff\xfe" + "a,b\n1,2\n".encode("utf-16-le") + "é".encode("utf-16-le") * 999_999
    yield csv("utf-16 without end", utf16, good=1, refused="line 3 is longer than 100000")
    yield csv("nothing", b"", refused="the file is empty")
    bytes_ = "has bytes in column 2 that are not utf-8"
    yield csv("bytes", b"a,b\n1,\xff\n1,2\n", good=1, faults=(bytes_,))


def _list_lines() -> Iterator[HostileFile]:
    def lines(id_: str, body: bytes, **expected: Any) -> HostileFile:
        return HostileFile(f"jsonl {id_}", "f.jsonl", LINES, body, **expected)

    def fixed(id_: str, body: bytes, file: FileDefinition = FIXED, **expected: Any) -> HostileFile:
        return HostileFile(f"fixed width {id_}", "f.dat", file, body, **expected)

    blanks = "has 2000 more blank or wrongly quoted lines than rows"
    deep, wrong = "is nested more than 32 deep", "is not JSON"
    yield lines("nesting", b"[" * 99 + b"]" * 99 + b"\n{}\n", good=1, faults=(deep,))
    yield lines("line", b"{}\n" + b"1" * ENDLESS, good=1, refused="line 2 is longer than 100000")
    yield lines("blank lines", b"{}\n" + b" \n" * (ENDLESS // 2), good=1, refused=blanks)
    yield lines("containers", b"[" + b"[]," * 6_000 + b"[]]\n{}\n", good=2)
    yield lines("digits", b"1" * 5_000 + b"\n{}\n", good=1, faults=(wrong,))
    yield lines("half a character", b'"\\ud800"\n{}\n', good=1, faults=(wrong,))
    yield lines("infinity", b"1e999\n{}\n", good=1, faults=(wrong,))
    yield lines("rows", b"1\n" * 9_000, good=5_000, refused="has more than 5000 rows")
    yield fixed("line", b"ab\n" + b"x" * ENDLESS, good=1, refused="line 2 is longer than 100000")
    yield fixed("blank lines", b"ab\n" + b"\n" * ENDLESS, good=1, refused=blanks)
    word = struct.pack(">HH", 6, 0)
    empty = struct.pack(">HH", 4, 0) * 9_000
    yield fixed("empty records", empty, DESCRIBED, good=5_000, refused="has more than 5000 rows")
    lie = word + b"ab" + struct.pack(">HH", 60_000, 0) + b"c"
    reason = "record 2 has 1 bytes where its word says 59996"
    yield fixed("word that lies", lie, DESCRIBED, good=1, refused=reason)
    yield fixed(
        "word that is none", word + b"ab\0\0\0\0", DESCRIBED, good=1, refused="record 2 has"
    )
    large = form("fixed-width", record_length=1_000_000, layout=[])
    yield fixed("record length", b"x", large, refused="is more than 100000 bytes")
    packed = "a at byte 1 is not a packed number"
    yield fixed("packed", b"\x01\x2c\xab\xcd\x02\x3c", PACKED, good=2, faults=(packed,))


def _list_documents() -> Iterator[HostileFile]:
    def document(id_: str, body: bytes, **expected: Any) -> HostileFile:
        return HostileFile(f"json {id_}", "f.json", JSON, body, **expected)

    def xml(id_: str, body: bytes, **expected: Any) -> HostileFile:
        return HostileFile(f"xml {id_}", "f.xml", XML, body, **expected)

    between = "has more than 100000 bytes between two records"
    broken = "is not a complete JSON document"
    deep = "is nested more than 32 deep"
    yield document("text", b'[{}, "' + b"x" * ENDLESS, good=1, refused=between)
    yield document("white space", b"[{}," + b" " * ENDLESS, good=1, refused=between)
    yield document("nesting", b"[{}," + b"[" * 9_999, good=1, refused=deep)
    yield document("keys beside the list", b'{"a": {' + b'"b": 1,' * 500_000, refused=between)
    yield document("digits", b"[{}, " + b"1" * 5_000 + b"]", good=1, refused=broken)
    yield document("a large number", b"[{}, " + b"1" * 30 + b", {}]", good=1, refused=broken)
    yield document("cut", b'[{}, {"a": ', good=1, refused=broken)
    items = json.dumps([{}] * 9_000).encode()
    yield document("rows", items, good=5_000, refused="has more than 5000 rows")
    yield xml("text", b"<d><s/><s>" + b"x" * ENDLESS, good=1, refused=between)
    yield xml("attribute", b"<d><s/><s a='" + b"x" * ENDLESS, good=1, refused=between)
    yield xml("comment", b"<d><s/><!--" + b"x" * ENDLESS, good=1, refused=between)
    yield xml("instruction", b"<d><s/><?x " + b"x" * ENDLESS, good=1, refused=between)
    yield xml("cdata", b"<d><s/><s><![CDATA[" + b"x" * ENDLESS, good=1, refused=between)
    yield xml("nesting", b"<d><s/>" + b"<s>" * 99, refused=deep)
    yield xml("elements beside", b"<d><s/>" + b"<x/>" * 900_000, good=1, refused=between)
    laughs = b'<!DOCTYPE d [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><d><s>&c;</s></d>'
    yield xml("entities", laughs, refused="has a document type or entities")
    broken = "is not a complete XML document"
    yield xml("cut", b"<d><s/><s>", good=1, refused=broken)
    yield xml("rows", b"<d>" + b"<s/>" * 9_000, good=5_000, refused="has more than 5000 rows")


def _list_archives() -> Iterator[HostileFile]:
    def packed(id_: str, name: str, body: bytes, **expected: Any) -> HostileFile:
        return HostileFile(f"archive {id_}", name, CSV, body, **expected)

    rows = b"a,b\n1,2\n"
    bomb = "unpacks to more than 50 times its size"
    blanks = "has 2000 more blank"
    yield packed("gz of blank lines", "f.csv.gz", gzip.compress(b"\n" * ENDLESS), refused=blanks)
    large = gzip.compress(rows + (b"1," + b"x" * 1_000 + b"\n") * 4_500)
    yield packed("gz bomb", "f.csv.gz", large, good=3_986, refused=bomb)
    empties = gzip.compress(rows) + gzip.compress(b"") * 100_000
    hollow = "is packed in pieces that hold nothing"
    yield packed("gz of empty pieces", "f.csv.gz", empties, refused=hollow)
    damage = "is damaged"
    yield packed("gz cut", "f.csv.gz", gzip.compress(rows)[:-6], refused=damage)
    yield packed("gz that is none", "f.csv.gz", b"a,b\n1,2\n", refused=damage)
    yield packed("zip bomb", "f.zip", zipped(("f.csv", b"\n" * 4_100_000)), refused=bomb)
    lie = bytearray(zipped(("f.csv", rows + b"1,2\n" * 900)))
    place = lie.index(b"PK\x01\x02") + 24
    lie[place : place + 4] = (10).to_bytes(4, "little")
    yield packed("zip whose size lies", "f.zip", bytes(lie), refused="is damaged")
    many = zipped(*((f"{number}.csv", rows) for number in range(9)))
    yield packed("zip of many", "f.zip", many, refused="holds 9 files, at most 5")
    contents = zipped(*((f"{number}.csv", b"") for number in range(500)))
    table = "has a table of contents of more than 5000 bytes"
    yield packed("zip of contents", "f.zip", contents, refused=table)
    end = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 2_000_000, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 2_000_000, 1)
    short = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 46, 0, 0)
    zip64 = b"x" * 2_000_000 + end + locator + short
    yield packed("zip64 of contents", "f.zip", zip64, refused=table)
    secret = bytearray(zipped(("f.csv", rows)))
    secret[secret.index(b"PK\x01\x02") + 8] |= 1
    yield packed("zip with a password", "f.zip", bytes(secret), refused="is encrypted")
    yield packed("zip that is none", "f.zip", rows, refused="is damaged or not an archive")
    yield packed("file as it lies there", "f.csv", b"x" * 3_950_001, refused="has 3950001 bytes")


def xlsx(id_: str, body: bytes, **expected: Any) -> HostileFile:
    return HostileFile(f"xlsx {id_}", "f.xlsx", XLSX, body, **expected)


def _list_cells() -> Iterator[HostileFile]:
    long = "has a value of more than 2000 characters in column 1"
    text = "x" * ENDLESS
    yield xlsx("cell", book(cell(text[:3_800_000], 't="str"')), good=1, faults=(long,))
    inline = f'<row><c t="inlineStr"><is><t>{text[:3_800_000]}</t></is></c></row>'
    yield xlsx("inline text", book(inline), good=1, faults=(long,))
    shared = f"<si><t>{'x' * 9_000}</t></si><si><t>{'x' * 1_900}</t></si>"
    row = cell("0", 't="s"')
    yield xlsx("shared text", book(row, shared=shared), good=1, faults=(long,))
    row = "<row>" + '<c t="s"><v>1</v></c>' * 60 + "</row>"
    sum_ = "has more than 100000 characters"
    yield xlsx("row of one shared text", book(row, shared=shared), good=1, faults=(sum_,))
    row = "<row>" + "<c><v>1</v></c>" * 15_000 + "</row>"
    beyond = "has a cell beyond column 100"
    yield xlsx("row of cells", book(row), good=1, faults=(beyond,))
    for place in ("XFD2", "ZZZZZZZZZZ2", "2", "é2", "A" * 5_000):
        row = cell("1", f'r="{place}"')
        yield xlsx(f"place {place[:5]}", book(row), good=1, faults=(beyond,))
    gap = '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'
    yield xlsx("gap between rows", book(gap), good=2)


def _list_sheets() -> Iterator[HostileFile]:
    text = "x" * ENDLESS
    lie = '<dimension ref="A1:XFD1048576"/>'
    yield xlsx("dimension that lies", book("", before=lie), good=1)
    most = "has more than 20000 cells"
    yield xlsx("empty cells", book('<row><c s="1"/></row>' * 99_000), refused=most)
    yield xlsx("empty rows", book("<row/>" * 500_000), refused=most)
    yield xlsx("other elements", book("<x/>" * 500_000), refused=most)
    tag = "has a tag of more than 100000 bytes"
    yield xlsx("attribute", book(GOOD + f'<row a="{text[:3_800_000]}"/>'), good=1, refused=tag)
    yield xlsx("comment", book(GOOD + f"<!--{text[:3_800_000]}-->"), good=1, refused=tag)
    deep = "is nested more than 32 deep"
    nested = "<x>" * 9_000 + "</x>" * 9_000
    yield xlsx("nesting", book(GOOD + nested), good=1, refused=deep)
    yield xlsx("nesting of styles", book("", styles=nested), refused=deep)
    formula = f"<row><c><f>{text[:1_000_000]}</f><v>7</v></c></row>"
    yield xlsx("formula", book(formula), good=2)
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield xlsx("merged cells", book("", after=merged), good=1)


def _list_values() -> Iterator[HostileFile]:
    unreadable = "has a cell in column 1 that is not readable"
    date = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    calendar = "has a date in column 1 that is outside of the calendar"
    for number in ("99999999999", "-99999999", "1e300"):
        row = cell(number, 's="0"')
        body = book(row, styles=date)
        yield xlsx(f"date {number}", body, good=1, faults=(calendar,))
    for kind, value in (
        ("n", "1" * 1_999),
        ("n", "abc"),
        ("n", "1e999"),
        ("n", "nan"),
        ("s", "99"),
        ("s", "-1"),
        ("b", "x"),
        ("d", "2026-99-99T"),
    ):
        good, faults = (2, ()) if len(value) > 1_000 else (1, (unreadable,))
        body = book(cell(value, f't="{kind}"'))
        yield xlsx(f"value {kind} {value[:9]}", body, good=good, faults=faults)
    yield xlsx("style that is none", book(cell("1", 's="99"')), good=2)
    zeros = f'<numFmts><numFmt numFmtId="170" formatCode="{"0" * 9_000}"/></numFmts>'
    zeros += '<cellXfs><xf numFmtId="170"/></cellXfs>'
    yield xlsx("number format", book(cell("1", 's="0"') * 100, styles=zeros), good=101)


def _list_workbooks() -> Iterator[HostileFile]:
    part = "xl/styles.xml has more than 100000 bytes"
    yield xlsx("styles", book("", styles="<xf/>" * 30_000), refused=part)
    part = "xl/shared.xml has more than 100000 bytes"
    yield xlsx("shared texts", book("", shared="<si/>" * 30_000), refused=part)
    most = "has more than 500 shared texts"
    yield xlsx("many shared texts", book("", shared="<si/>" * 600), refused=most)
    sheets = '<sheet name="s" r:id="r9"/>' * 3_000
    none = "is not a readable Excel workbook: it has no list of sheets"
    yield xlsx("sheets that are none", book("", sheets=sheets), refused=none)
    entity = '<!DOCTYPE d [<!ENTITY a "b">]>'
    whole = book("")
    files = read_parts(whole)
    files[SHEET] = entity.encode() + files[SHEET]
    reason = "has a document type or entities"
    yield xlsx("entities", zipped(*files.items()), refused=reason)
    yield xlsx("cut", whole[:-30], refused="is damaged or not an archive")
    broken = "is not a readable Excel workbook: its XML is broken"
    yield xlsx("broken", book(GOOD + "<row></c>"), good=1, refused=broken)
    yield xlsx("bomb", book(cell("x" * 4_100_000, 't="str"')), faults=(), refused="unpacks to more")
    yield xlsx("zip of anything", zipped(("a", b"a")), refused=none)


def read_parts(body: bytes) -> dict[str, bytes]:
    """The files of a zip."""
    archive = zipfile.ZipFile(io.BytesIO(body))
    return {name: archive.read(name) for name in archive.namelist()}


def huge_workbook(mebibytes: int) -> bytes:
    """A workbook of one cell, whose packed text repeats one packed mebibyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = packer.compress(b'<worksheet><sheetData><row><c t="str"><v>')
    head += packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"x" * 1024**2) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + block * mebibytes
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in read_parts(book("")).items():
            archive.writestr(name, packed if name == SHEET else content)
    data = bytearray(body.getvalue())
    local, central = data.index(SHEET.encode()) - 30, data.rindex(SHEET.encode()) - 46
    data[local + 8] = data[central + 10] = zipfile.ZIP_DEFLATED
    data[central + 24 : central + 28] = (mebibytes * 1024**2).to_bytes(4, "little")
    return bytes(data)


def list_hostile_files() -> list[HostileFile]:
    """All of them."""
    kinds = (
        *(_list_tables, _list_lines, _list_documents, _list_archives),
        *(_list_cells, _list_sheets, _list_values, _list_workbooks),
    )
    return [file for list_kind in kinds for file in list_kind()]
