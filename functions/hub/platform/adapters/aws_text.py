"""Text as AWS's fields take it."""

import hashlib
import re
from typing import Any

import orjson

from hub.kernel.errors import Rejected

_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")


def to_json(value: Any) -> str:
    """Raises `Rejected` for what JSON has no form for."""
    try:
        return orjson.dumps(value).decode()
    except TypeError as error:
        raise Rejected(f"is not JSON: {error}") from error


def to_aws_name(text: str) -> str:
    """An id that every AWS name takes: itself where it is one, else its digest. Always the same."""
    return text if _PLAIN.fullmatch(text) else hashlib.sha256(text.encode()).hexdigest()


def clip(text: str, most_bytes: int) -> str:
    """The text on one line, cut to so many bytes of UTF-8."""
    return _CONTROL.sub(" ", text).encode(errors="replace")[:most_bytes].decode(errors="ignore")
