"""The files bucket, read and written as streams: no file is ever whole in memory."""

import io
from collections.abc import Iterable
from contextlib import AbstractContextManager
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError

from hub.kernel.errors import Rejected
from hub.platform.adapters.aws_clients import s3, translate_errors

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

SPOOL_BYTES = 8 * 1024 * 1024
_READ_AHEAD_BYTES = 256 * 1024


class Files:
    """`hub.platform.ports.Files` in S3.

    Without s3:ListBucket a missing object answers 403, which reads as `Unavailable`.
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
        """Nothing is written when `chunks` fails on the way; large files go up in parts."""
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
    """An object as a file: one answer is read to its end, and a new one asked for wherever the
    reader jumps, or S3 hangs up on one that reads slowly."""

    def __init__(self, bucket: str, key: str, etag: str) -> None:
        self._request: Any = {"Bucket": bucket, "Key": key} | ({"IfMatch": etag} if etag else {})
        self._at = 0
        first = self._get()
        self._request["IfMatch"] = first["ETag"]
        self._size, self._body, self._body_at = first["ContentLength"], first["Body"], 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    @translate_errors()
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        if self._at >= self._size:
            return 0
        try:
            data = self._read(len(buffer))
        except BotoCoreError:
            self._body_at = -1
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        self._at = self._body_at = self._at + len(data)
        return len(data)

    def close(self) -> None:
        self._body.close()
        super().close()

    def _read(self, size: int) -> bytes:
        if self._body_at != self._at:
            self._body.close()
            self._body = self._get(Range=f"bytes={self._at}-")["Body"]
        return self._body.read(size)

    @translate_errors()
    def _get(self, **part: Any) -> "GetObjectOutputTypeDef":
        return s3().get_object(**self._request, **part)
