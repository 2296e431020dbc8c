"""Bodies that their senders packed: gzip, and never more of one unpacked than is taken.

https://www.rfc-editor.org/rfc/rfc9110#section-8.4
A signature is over the bytes as they were sent: they are unpacked when it is known by whom.
"""

import zlib
from dataclasses import replace

from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected, TooLarge

HEADER = "content-encoding"
UNENCODED = frozenset({"", "identity"})
GZIP = frozenset({"gzip", "x-gzip"})

_GZIP_FORMAT = 16 + zlib.MAX_WBITS


def unpack_body(request: SignedRequest, most: int) -> SignedRequest:
    """The request with its body as it was before packing. Raises `Rejected`, and `TooLarge` where
    that has more than `most` bytes."""
    encoding = request.header(HEADER).strip().lower()
    if encoding in UNENCODED:
        return request
    if encoding not in GZIP:
        raise Rejected(f"{encoding[:40]!r} is not taken; gzip is", HEADER)
    return replace(request, body=_gunzip(request.body, most))


def _gunzip(packed: bytes, most: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_FORMAT)
    try:
        body = unpacking.decompress(packed, most + 1)
    except zlib.error as wrong:
        raise Rejected("is not gzip, which content-encoding says it is", "body") from wrong
    if len(body) > most:
        raise TooLarge(f"has more than {most} bytes when it is unpacked", "body")
    if not unpacking.eof or unpacking.unused_data:
        raise Rejected("is not one whole gzip stream", "body")
    return body
