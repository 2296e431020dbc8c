"""Ids that come from outside, made fit for queues, object keys and table keys.

SQS takes 128 printable ASCII characters as a deduplication id; an id must fit with its source's
name before it, so what is longer or stranger is replaced by its own digest. Ids are logged, so what
may be an address or a phone number (@, +) is replaced too.
"""

import re
from hashlib import sha256

LONGEST_ID = 80

_SAFE = re.compile(r"(?!sha256-)[A-Za-z0-9][A-Za-z0-9._:/=-]*")


def to_safe_id(text: str) -> str:
    """`text` itself where it is safe, else a digest of it: the same text gives the same id.

    What looks like such a digest is digested again, so nobody can choose another's id.
    """
    if len(text) <= LONGEST_ID and _SAFE.fullmatch(text) and ".." not in text and "//" not in text:
        return text
    return f"sha256-{sha256(text.encode(errors='surrogatepass')).hexdigest()[:40]}"
