"""Comparison of credentials and signatures in constant time."""

import hmac
from collections.abc import Iterable, Sequence


def to_utf8(text: str) -> bytes:
    """Encodes any text, even one that no sender can have sent: such a text matches nothing."""
    return text.encode(errors="surrogatepass")


def is_any_equal(expected: Iterable[bytes], received: Sequence[str]) -> bool:
    """Whether any received text equals any expected one.

    It compares every pair, so that the time does not show which one matched. It compares the text
    of a signature and not its bytes, because base64 and hex have several spellings of the same
    bytes and the vendor sent only one of them.
    """
    candidates = [to_utf8(text) for text in received]
    matches = [
        hmac.compare_digest(secret, candidate) for secret in expected for candidate in candidates
    ]
    return any(matches)
