"""Texts that AWS's fields accept."""

import hashlib
import re

import orjson

from hub.kernel.errors import Rejected

_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")


def to_json(value: object) -> str:
    """Writes JSON. Raises `Rejected` for a value that has no JSON form."""
    try:
        return orjson.dumps(value).decode()
    except TypeError as error:
        raise Rejected(f"is not JSON: {error}") from error


def to_aws_name(text: str) -> str:
    """Returns `text` itself if every AWS name may be like it, else its digest."""
    return text if _PLAIN.fullmatch(text) else hashlib.sha256(text.encode()).hexdigest()


def clip(text: str, most_bytes: int) -> str:
    """Returns the text on one line, cut to `most_bytes` of UTF-8."""
    return _CONTROL.sub(" ", text).encode(errors="replace")[:most_bytes].decode(errors="ignore")
