"""The files bucket as streams: no file is ever whole in memory."""

import io
from collections.abc import Iterable
from contextlib import AbstractContextManager
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError

from hub.kernel.errors import Rejected
from hub.platform.adapters.aws_clients import s3, translate_errors

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef, GetObjectRequestTypeDef

SPOOL_BYTES = 8 * 1024 * 1024
_READ_AHEAD_BYTES = 256 * 1024


class Files:
    """`hub.platform.ports.Files` in S3.

    Without s3:ListBucket S3 answers 403 for a missing object, and so it is `Unavailable`.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def open(self, key: str, etag: str = "") -> IO[bytes]:
        return io.BufferedReader(_ObjectReader(self._bucket, key, etag), _READ_AHEAD_BYTES)

    def exists(self, key: str) -> bool:
        try:
            self._head(key)
        except Rejected:
            return False
        return True

    def open_temporary(self) -> AbstractContextManager[IO[bytes]]:
        return SpooledTemporaryFile(max_size=SPOOL_BYTES)

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Writes nothing if `chunks` fails on the way. Uploads large files in parts."""
        with self.open_temporary() as spool:
            spool.writelines(chunks)
            spool.seek(0)
            self._upload(key, cast("BinaryIO", spool))

    @translate_errors()
    def _head(self, key: str) -> None:
        s3().head_object(Bucket=self._bucket, Key=key)

    @translate_errors()
    def _upload(self, key: str, file: BinaryIO) -> None:
        one_thread = TransferConfig(use_threads=False)
        s3().upload_fileobj(file, self._bucket, key, Config=one_thread)


class _ObjectReader(io.RawIOBase):
    """An object as a file.

    It reads one response to its end. It requests a new one where the reader seeks, or where S3
    closes the connection of a slow reader.
    """

    def __init__(self, bucket: str, key: str, etag: str) -> None:
        self._request: GetObjectRequestTypeDef = {"Bucket": bucket, "Key": key}
        if etag:
            self._request["IfMatch"] = etag
        self._position = 0
        response = self._get()
        self._request["IfMatch"] = response["ETag"]
        self._size = response["ContentLength"]
        self._body, self._body_position = response["Body"], 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    @translate_errors()
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        if self._position >= self._size:
            return 0
        try:
            data = self._read(len(buffer))
        except BotoCoreError:
            self._body_position = -1
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        self._position = self._body_position = self._position + len(data)
        return len(data)

    def close(self) -> None:
        self._body.close()
        super().close()

    def _read(self, size: int) -> bytes:
        if self._body_position != self._position:
            self._body.close()
            self._body = self._get(f"bytes={self._position}-")["Body"]
        return self._body.read(size)

    @translate_errors()
    def _get(self, byte_range: str = "") -> "GetObjectOutputTypeDef":
        request = self._request.copy()
        if byte_range:
            request["Range"] = byte_range
        return s3().get_object(**request)
