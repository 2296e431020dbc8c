"""Comparing what somebody proves themselves by, without telling anything."""

import hmac
from collections.abc import Iterable, Sequence


def to_utf8(text: str) -> bytes:
    """Also of what no sender can have sent, so that nothing but a refusal comes of it."""
    return text.encode(errors="surrogatepass")


def is_any_equal(expected: Iterable[bytes], given: Sequence[str]) -> bool:
    """Compares every pair, so that time tells nothing about which one matched.

    What is compared is the text, of a signature too, and not its bytes, because base64 and hex have
    several spellings of the same bytes and only one of them was sent.
    """
    texts = [to_utf8(text) for text in given]
    matches = [hmac.compare_digest(e, text) for e in expected for text in texts]
    return any(matches)
