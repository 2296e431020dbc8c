"""Claims, files, warehouse: the buckets."""

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import IO, Any

import pytest
from botocore.response import StreamingBody

from hub.delivery.adapters.warehouse_bucket import Warehouse
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.messaging.adapters.claim_check import ClaimCheck
from hub.messaging.ports import ClaimCheck as ClaimsPort
from hub.platform.adapters import aws_clients
from hub.platform.adapters.file_bucket import SPOOL_BYTES, Files
from hub.platform.ports import Files as FilesPort
from tests import fakes, moto_resources


class TestClaims:
    @pytest.fixture
    def claims(self, real: bool) -> ClaimsPort:
        return ClaimCheck(moto_resources.bucket("claims")) if real else fakes.ClaimCheck()

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
        return Files(moto_resources.bucket("files")) if real else fakes.Files()

    def test_a_file_is_read_as_it_was_put(self, files: FilesPort) -> None:
        files.put("till.csv", [b"a,b\r\n1,2\n", b"3,4"])
        with closing(files.open("till.csv")) as stream:
            assert stream.readline() == b"a,b\r\n"
            assert stream.read() == b"1,2\n3,4"
            assert stream.read() == b""

    def test_one_may_jump_about_in_it(self, files: FilesPort) -> None:
        body = bytes(range(256)) * 4096
        files.put("days.zip", [body])
        with closing(files.open("days.zip")) as stream:
            assert stream.seek(-3, io.SEEK_END) == len(body) - 3
            assert stream.read() == b"\xfd\xfe\xff"
            assert stream.seek(0) == 0
            assert stream.read(2) == b"\x00\x01"
            assert stream.seek(600_000, io.SEEK_CUR) == 600_002
            assert stream.read(300_000) == body[600_002:900_002]
            assert stream.seek(5_000_000) == 5_000_000
            assert stream.read() == b""

    def test_a_file_that_was_overwritten_is_not_read_as_the_old_one(self, real: bool) -> None:
        files = Files(moto_resources.bucket("files")) if real else fakes.Files()
        if isinstance(files, fakes.Files):
            files.etags["till.csv"] = "new"
        files.put("till.csv", [b"a,b\n"])
        with pytest.raises(Conflict):
            files.open("till.csv", "0" * 32)

    def test_a_file_that_is_not_there_is_rejected(self, files: FilesPort) -> None:
        assert not files.exists("till.csv")
        with pytest.raises(Rejected):
            files.open("till.csv")

    def test_an_empty_file_exists_and_holds_nothing(self, files: FilesPort) -> None:
        files.put("till.csv", [])
        assert files.exists("till.csv")
        with closing(files.open("till.csv")) as stream:
            assert stream.seek(0, io.SEEK_END) == 0
            assert stream.read() == b""

    def test_a_file_that_breaks_off_while_written_is_not_there(self, files: FilesPort) -> None:
        def chunks() -> Iterator[bytes]:
            yield b"a\n"
            raise ConnectionError

        with pytest.raises(ConnectionError):
            files.put("till.csv", chunks())
        assert not files.exists("till.csv")

    def test_what_is_written_aside_can_be_read_again_and_put(self, files: FilesPort) -> None:
        with files.open_temporary() as room:
            room.write(b"a\nb\n")
            room.seek(0)
            files.put("copy", room)
            room.seek(2)
            assert room.read() == b"b\n"
        with closing(files.open("copy")) as stream:
            assert stream.read() == b"a\nb\n"


@pytest.mark.usefixtures("in_aws")
class TestFilesInS3:
    def test_a_large_file_goes_up_in_parts(self) -> None:
        files = Files(moto_resources.bucket("files"))
        with moto_resources.counted(aws_clients.s3()) as calls:
            files.put("large", [b"x" * 1023 + b"\n"] * (SPOOL_BYTES // 1024 + 1))
        assert {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"} <= set(calls)
        with closing(files.open("large")) as stream:
            assert sum(1 for _ in stream) == SPOOL_BYTES // 1024 + 1

    def test_a_file_read_from_one_end_to_the_other_is_asked_for_once(self) -> None:
        files = Files(moto_resources.bucket("files"))
        files.put("large", [b"x" * 1024 * 1024])
        with (
            moto_resources.counted(aws_clients.s3()) as calls,
            closing(files.open("large")) as stream,
        ):
            stream.seek(0, io.SEEK_END)
            stream.seek(0)
            assert len(stream.read()) == 1024 * 1024
        assert calls == ["GetObject"]

    def test_a_file_overwritten_while_it_is_read_is_a_conflict_where_one_jumps(self) -> None:
        files = Files(moto_resources.bucket("files"))
        files.put("large", [b"x" * 1024 * 1024])
        with closing(files.open("large")) as stream:
            stream.read(10)
            files.put("large", [b"y" * 1024 * 1024])
            stream.seek(-5, io.SEEK_END)
            with pytest.raises(Conflict):
                stream.read()

    def test_an_answer_that_breaks_off_is_asked_for_anew_from_there(self) -> None:
        files = Files(moto_resources.bucket("files"))
        body = bytes(range(256)) * 4096
        files.put("large", [body])
        with (
            closing(files.open("large")) as stream,
            moto_resources.asked(aws_clients.s3(), "GetObject") as asked,
        ):
            assert stream.read(256 * 1024) == body[: 256 * 1024]
            break_off(stream)
            assert stream.read() == body[256 * 1024 :]
        assert [question["Range"] for question in asked] == ["bytes=262144-"]

    def test_a_bucket_that_is_not_there_is_unavailable(self) -> None:
        with pytest.raises(Unavailable, match="NoSuchBucket"):
            Files("nowhere").open("till.csv")


def break_off(stream: IO[bytes]) -> None:
    """As S3 does with whoever reads too slowly."""
    assert isinstance(stream, io.BufferedReader)
    stored: Any = stream.raw
    stored._body = StreamingBody(io.BytesIO(), 1024 * 1024)


class TestWarehouse:
    @pytest.fixture
    def warehouse(self, real: bool) -> Warehouse | fakes.Warehouse:
        return Warehouse(moto_resources.bucket("warehouse")) if real else fakes.Warehouse()

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
    reference = Warehouse(moto_resources.bucket("warehouse")).append(
        "sales", date(2026, 1, 2), "a", {"b": "é\n"}
    )
    body = aws_clients.s3().get_object(Bucket="warehouse", Key=reference)["Body"].read()
    assert body == '{"b":"é\\n"}\n'.encode()
