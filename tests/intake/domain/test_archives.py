"""Packed files: what is in them, and what they may not unpack to."""

import gzip
import io
import zipfile

import pytest

from hub.intake.domain.file_records.archives import list_members
from hub.intake.domain.file_records.limits import FileLimits
from hub.kernel.errors import Rejected

SMALL = FileLimits(stored=50_000, unpacked=30_000, ratio=20, harmless=5_000, members=3)


def zipped(**files: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return body.getvalue()


def unpacked(name: str, body: bytes, limits: FileLimits = SMALL) -> list[tuple[str, str, bytes]]:
    found = list_members(name, io.BytesIO(body), limits)
    return [(member.name, member.inside, member.open().read()) for member in found]


def test_a_file_by_itself_is_what_it_is() -> None:
    assert unpacked("a.csv", b"a\n") == [("a.csv", "", b"a\n")]


def test_a_gz_holds_one_file_even_if_it_was_packed_in_pieces() -> None:
    body = gzip.compress(b"a\n") + gzip.compress(b"b\n")
    assert unpacked("day.csv.GZ", body) == [("day.csv", "", b"a\nb\n")]


def test_each_file_in_a_zip_has_its_own_name() -> None:
    body = zipped(a_csv=b"a", north__b_csv=b"b", c_csv_gz=gzip.compress(b"c"))
    assert unpacked("days.zip", body) == [
        ("a.csv", "a.csv", b"a"),
        ("north/b.csv", "north/b.csv", b"b"),
        ("c.csv", "c.csv.gz", b"c"),
    ]


def test_folders_are_no_files() -> None:
    assert [name for name, _, _ in unpacked("d.zip", zipped(north__=b"", north__a_csv=b"a"))] == [
        "north/a.csv"
    ]


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("a.csv", b"x" * 50_001, "has 50001 bytes, at most 50000"),
        ("a.csv.gz", gzip.compress(b"x" * 9_000), "unpacks to more than 20 times its size"),
        ("a.zip", zipped(a_csv=b"x" * 9_000), "unpacks to more than 20 times its size"),
        ("a.zip", zipped(a_csv=b"", b_csv=b"", c_csv=b"", d_csv=b""), "holds 4 files, at most"),
        ("a.zip", b"no archive at all", "no table of contents"),
        ("a.zip", zipped(a_csv=b"a")[:-30], "no table of contents"),
        ("a.csv.gz", b"no gz at all", "is damaged"),
        ("a.csv.gz", gzip.compress(b"a,b\n")[:-6], "is damaged"),
        ("a.csv.gz", gzip.compress(b"a,b\n")[:-8] + b"\x00" * 8, "is damaged"),
    ],
)
def test_bombs_and_wrecks_are_refused_with_a_clear_reason(
    name: str, body: bytes, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason):
        unpacked(name, body)


def test_a_bomb_is_never_unpacked_further_than_it_may_be() -> None:
    bomb = gzip.compress(b"\0" * 64 * 1024 * 1024)
    (member,) = list_members("bomb.csv.gz", io.BytesIO(bomb), FileLimits(ratio=2, harmless=10_000))
    with pytest.raises(Rejected, match="as a zip bomb does"):
        member.open().read(200_000)


def test_a_limit_in_bytes_holds_where_the_ratio_is_fine() -> None:
    numbers = b"".join(str(n * 7919 % 100_003).encode() for n in range(9_000))
    with pytest.raises(Rejected, match="unpacks to more than 30000 bytes"):
        unpacked("a.csv.gz", gzip.compress(numbers))


def test_one_damaged_file_leaves_its_neighbours_in_the_zip_alone() -> None:
    body = bytearray(zipped(a_csv=b"aaaa", b_csv=b"bbbb"))
    body[body.index(b"a.csv") + 5] ^= 0xFF
    first, second = list_members("d.zip", io.BytesIO(bytes(body)), SMALL)
    with pytest.raises(Rejected):
        first.open().read()
    assert second.open().read() == b"bbbb"


def test_what_is_encrypted_or_packed_otherwise_is_refused() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.csv", b"a")
    with pytest.raises(Rejected, match="deflate"):
        unpacked("a.zip", body.getvalue())
    secret = bytearray(zipped(a_csv=b"a"))
    secret[secret.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Rejected, match="is encrypted"):
        unpacked("a.zip", bytes(secret))


def test_a_table_of_contents_that_would_fill_the_memory_is_not_read() -> None:
    end = b"PK\x05\x06" + b"\x00" * 8 + (2**31).to_bytes(4, "little") + b"\x00" * 6
    with pytest.raises(Rejected, match="table of contents of more than"):
        unpacked("a.zip", end)
