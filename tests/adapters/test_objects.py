"""Claims, files, warehouse: the buckets."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest

from hub.adapters import aws
from hub.adapters.claims import Claims
from hub.adapters.files import IN_MEMORY, LONGEST_LINE, Files, decoded
from hub.adapters.warehouse import Warehouse
from hub.domain.errors import Conflict, Rejected, Unavailable
from hub.ports import Claims as ClaimsPort
from hub.ports import Files as FilesPort
from tests import fakes
from tests.adapters import resources


class TestClaims:
    @pytest.fixture
    def claims(self, real: bool) -> ClaimsPort:
        return Claims(resources.bucket("claims")) if real else fakes.Claims()

    @pytest.mark.parametrize("name", ["shop.1", "shop/né:1 " + "long" * 300])
    def test_a_body_is_got_back_by_its_claim(self, claims: ClaimsPort, name: str) -> None:
        assert claims.get(claims.put(name, b"\x00{}")) == b"\x00{}"

    def test_a_repeat_is_the_same_claim(self, claims: ClaimsPort) -> None:
        assert claims.put("shop.1", b"{}") == claims.put("shop.1", b"{}")

    def test_a_claim_that_is_gone_is_rejected(self, claims: ClaimsPort) -> None:
        with pytest.raises(Rejected):
            claims.get("nothing")


class TestFiles:
    @pytest.fixture
    def files(self, real: bool) -> FilesPort:
        return Files(resources.bucket("files")) if real else fakes.Files()

    def test_lines_come_with_their_ends(self, files: FilesPort) -> None:
        files.put("till.csv", [b"a,b\r\n1,2\n", b"3,4"])
        assert list(files.lines("till.csv", "utf-8")) == ["a,b\r\n", "1,2\n", "3,4"]

    def test_a_file_that_was_overwritten_is_not_read_as_the_old_one(self, real: bool) -> None:
        files = Files(resources.bucket("files")) if real else fakes.Files()
        if isinstance(files, fakes.Files):
            files.etags["till.csv"] = "new"
        files.put("till.csv", [b"a,b\n"])
        with pytest.raises(Conflict):
            list(files.lines("till.csv", "utf-8", "0" * 32))

    def test_a_line_end_inside_quotes_survives_a_csv_reader(self, files: FilesPort) -> None:
        files.put("till.csv", [b'a,"two\r\nlines"\r\nb,c\r\n'])
        rows = list(csv.reader(files.lines("till.csv", "utf-8")))
        assert rows == [["a", "two\r\nlines"], ["b", "c"]]

    def test_characters_across_chunk_borders_are_whole(self, files: FilesPort) -> None:
        text = "é€😀" * 100_000
        files.put("till.csv", [f"x{text}\ny\n".encode()])
        assert list(files.lines("till.csv", "utf-8")) == [f"x{text}\n", "y\n"]

    def test_a_byte_order_mark_is_not_text(self, files: FilesPort) -> None:
        files.put("till.csv", ["a\n".encode("utf-8-sig")])
        assert list(files.lines("till.csv", "utf-8-sig")) == ["a\n"]

    def test_a_till_may_write_latin_1(self, files: FilesPort) -> None:
        files.put("till.csv", ["café\n".encode("latin-1")])
        assert list(files.lines("till.csv", "latin-1")) == ["café\n"]

    @pytest.mark.parametrize("encoding", ["utf-8", "klingon"])
    def test_what_the_encoding_lacks_is_rejected(self, files: FilesPort, encoding: str) -> None:
        files.put("till.csv", [b"caf\xe9\n"])
        with pytest.raises(Rejected):
            list(files.lines("till.csv", encoding))

    def test_a_file_that_is_not_there_is_rejected(self, files: FilesPort) -> None:
        assert not files.exists("till.csv")
        with pytest.raises(Rejected):
            list(files.lines("till.csv", "utf-8"))

    def test_an_empty_file_exists_and_has_no_lines(self, files: FilesPort) -> None:
        files.put("till.csv", [])
        assert files.exists("till.csv")
        assert list(files.lines("till.csv", "utf-8")) == []

    def test_a_file_that_breaks_off_while_written_is_not_there(self, files: FilesPort) -> None:
        def chunks() -> Iterator[bytes]:
            yield b"a\n"
            raise ConnectionError

        with pytest.raises(ConnectionError):
            files.put("till.csv", chunks())
        assert not files.exists("till.csv")


@pytest.mark.usefixtures("in_aws")
class TestFilesInS3:
    def test_a_large_file_goes_up_in_parts(self) -> None:
        files = Files(resources.bucket("files"))
        with resources.counted(aws.s3()) as calls:
            files.put("large", [b"x" * 1023 + b"\n"] * (IN_MEMORY // 1024 + 1))
        assert {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"} <= set(calls)
        assert sum(1 for _ in files.lines("large", "ascii")) == IN_MEMORY // 1024 + 1

    def test_a_bucket_that_is_not_there_is_unavailable(self) -> None:
        with pytest.raises(Unavailable, match="NoSuchBucket"):
            list(Files("nowhere").lines("till.csv", "utf-8"))


class Endless(io.RawIOBase):
    """A file of one line that never ends."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        buffer[:] = b"x" * len(buffer)
        self.read_bytes += len(buffer)
        return len(buffer)


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    body = Endless()
    with pytest.raises(Rejected, match="line 1 is longer"):
        list(decoded(body, "ascii"))
    assert body.read_bytes <= 2 * LONGEST_LINE


class TestWarehouse:
    @pytest.fixture
    def warehouse(self, real: bool) -> Warehouse | fakes.Warehouse:
        return Warehouse(resources.bucket("warehouse")) if real else fakes.Warehouse()

    def test_a_record_lies_in_the_folder_of_its_day(
        self, warehouse: Warehouse | fakes.Warehouse
    ) -> None:
        reference = warehouse.append("sales", date(2026, 11, 22), "a-1", {"total": 5})
        assert reference == "sales/day=2026-11-22/a-1.jsonl"

    def test_the_same_name_again_is_the_same_record(
        self, warehouse: Warehouse | fakes.Warehouse
    ) -> None:
        day = date(2026, 11, 22)
        assert len({warehouse.append("sales", day, "a-1", {"total": n}) for n in (5, 5)}) == 1


@pytest.mark.usefixtures("in_aws")
def test_a_record_is_one_line_of_json() -> None:
    reference = Warehouse(resources.bucket("warehouse")).append(
        "sales", date(2026, 1, 2), "a", {"b": "é\n"}
    )
    body = aws.s3().get_object(Bucket="warehouse", Key=reference)["Body"].read()
    assert body == '{"b":"é\\n"}\n'.encode()
