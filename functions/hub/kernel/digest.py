"""Short, stable names for long ids: the same text always has the same name."""

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b


@lru_cache(64)
def digest(text: str, size: int = 8) -> str:
    """Returns `size` bytes of BLAKE2b as URL-safe text: 11 characters for 8 bytes, 20 for 15."""
    return (
        urlsafe_b64encode(blake2b(text.encode(), digest_size=size).digest()).rstrip(b"=").decode()
    )
