"""The files bucket, read and written as streams: no file is ever whole in memory."""

import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from boto3.s3.transfer import TransferConfig

from hub.adapters.aws import s3, translated
from hub.domain.errors import Rejected

LONGEST_LINE = 1024 * 1024
IN_MEMORY = 8 * 1024 * 1024


class Files:
    """`hub.ports.Files` in S3.

    Without s3:ListBucket a missing object answers 403, which reads as `Unavailable`.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def lines(self, key: str, encoding: str, etag: str = "") -> Iterator[str]:
        """Ends are kept as they are, so that csv sees the ones inside quotes."""
        pinned: Any = {"IfMatch": etag} if etag else {}
        with translated():
            body = s3().get_object(Bucket=self._bucket, Key=key, **pinned)["Body"]
            with closing(body):
                yield from decoded(cast("io.RawIOBase", body), encoding)

    def exists(self, key: str) -> bool:
        try:
            self._head(key)
        except Rejected:
            return False
        return True

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Nothing is written when `chunks` fails on the way; large files go up in parts."""
        with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            for chunk in chunks:
                spool.write(chunk)
            spool.seek(0)
            self._upload(key, cast("BinaryIO", spool))

    @translated()
    def _head(self, key: str) -> None:
        s3().head_object(Bucket=self._bucket, Key=key)

    @translated()
    def _upload(self, key: str, file: BinaryIO) -> None:
        one_thread = TransferConfig(use_threads=False)
        s3().upload_fileobj(file, self._bucket, key, Config=one_thread)


def decoded(body: io.RawIOBase, encoding: str) -> Iterator[str]:
    """The lines of a byte stream. Raises `Rejected` naming the line that cannot be read."""
    number = 1
    try:
        text = io.TextIOWrapper(io.BufferedReader(body, 256 * 1024), encoding, newline="")
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
                raise Rejected(f"line {number} is longer than {LONGEST_LINE} characters")
            yield line
            number += 1
    except LookupError as unknown:
        raise Rejected(f"no such encoding: {encoding}") from unknown
    except UnicodeDecodeError as wrong:
        found = f"byte 0x{wrong.object[wrong.start]:02x} at or after line {number}"
        raise Rejected(f"{found} is not {encoding}") from wrong
