"""Packed bodies: unpacked as far as they are taken, and never further."""

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.content_encoding import unpack_body
from hub.intake.domain.signed_request import SignedRequest
from hub.kernel.errors import Rejected, TooLarge

MOST = 1000


def unpack(body: bytes, encoding: str = "gzip") -> bytes:
    return unpack_body(SignedRequest(body, {"Content-Encoding": encoding}), MOST).body


def refused(body: bytes, encoding: str = "gzip") -> Rejected:
    with pytest.raises(Rejected) as refusal:
        unpack(body, encoding)
    return refusal.value


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", " gzip ", "x-gzip"])
def test_what_was_packed_is_unpacked(encoding: str) -> None:
    assert unpack(gzip.compress(b'{"a": 1}'), encoding) == b'{"a": 1}'


@pytest.mark.parametrize(
    "headers", [{}, {"content-encoding": ""}, {"content-encoding": "identity"}]
)
def test_what_was_not_packed_stays_as_it_is(headers: dict[str, str]) -> None:
    sent = SignedRequest(gzip.compress(b"x"), headers)
    assert unpack_body(sent, MOST) == sent


def test_the_most_is_taken_and_not_a_byte_more() -> None:
    assert len(unpack(gzip.compress(b" " * MOST))) == MOST
    for body in (b" " * (MOST + 1), b" " * 50_000_000):
        refusal = refused(gzip.compress(body))
        assert isinstance(refusal, TooLarge)
        assert refusal.reason == "has more than 1000 bytes when it is unpacked"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "is not gzip, as content-encoding says"),
        (b"", "is not one whole gzip stream"),
        (zlib.compress(b"{}"), "is not gzip, as content-encoding says"),
        (gzip.compress(b"{}")[:-1], "is not one whole gzip stream"),
        (gzip.compress(b"{}") + b"x", "is not one whole gzip stream"),
        (gzip.compress(b"{}") * 2, "is not one whole gzip stream"),
        (gzip.compress(b"{}")[:-8] + b"\0" * 8, "is not gzip, as content-encoding says"),
    ],
    ids=["plain", "empty", "zlib", "cut", "longer", "twice", "wrong sum"],
)
def test_what_is_no_gzip_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    refusal = refused(body)
    assert (refusal.field, refusal.reason) == ("body", reason)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "aws-chunked"])
def test_another_encoding_is_refused_by_its_name(encoding: str) -> None:
    refusal = refused(b"{}", encoding)
    assert (refusal.field, refusal.reason) == (
        "content-encoding",
        f"{encoding!r} is not supported; gzip is",
    )


@given(st.binary() | st.binary().map(gzip.compress), st.text(max_size=9) | st.just("gzip"))
def test_whatever_is_sent_is_a_body_or_a_rejection(body: bytes, encoding: str) -> None:
    with suppress(Rejected):
        assert len(unpack(body, encoding)) <= max(MOST, len(body))
