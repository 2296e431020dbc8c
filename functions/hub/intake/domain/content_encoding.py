"""Unpacks compressed bodies (gzip), never to more bytes than the entry point accepts.

https://www.rfc-editor.org/rfc/rfc9110#section-8.4
A signature covers the compressed bytes, so the hub verifies the sender before it unpacks.
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
    """Returns the request with its body unpacked.

    Raises `Rejected`, and `TooLarge` if the unpacked body has more than `most` bytes.
    """
    encoding = request.header(HEADER).strip().lower()
    if encoding in UNENCODED:
        return request
    if encoding not in GZIP:
        raise Rejected(f"{encoding[:40]!r} is not supported; gzip is", HEADER)
    return replace(request, body=_gunzip(request.body, most))


def _gunzip(packed: bytes, most: int) -> bytes:
    decompressor = zlib.decompressobj(_GZIP_FORMAT)
    try:
        body = decompressor.decompress(packed, most + 1)
    except zlib.error as error:
        raise Rejected("is not gzip, as content-encoding says", "body") from error
    if len(body) > most:
        raise TooLarge(f"has more than {most} bytes when it is unpacked", "body")
    if not decompressor.eof or decompressor.unused_data:
        raise Rejected("is not one whole gzip stream", "body")
    return body
