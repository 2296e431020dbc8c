"""Ids from outside, made safe for queues, object keys and table keys.

SQS accepts 128 printable ASCII characters as a deduplication id, and the name of the source stands
before the id. So a digest replaces an id that is longer or has other characters. Logs show ids, so
a digest also replaces what may be an address or a phone number (@, +).
"""

import re
from hashlib import sha256

LONGEST_ID = 80

_SAFE = re.compile(r"(?!sha256-)[A-Za-z0-9][A-Za-z0-9._:/=-]*")


def to_safe_id(text: str) -> str:
    """Returns `text` itself if it is safe, else its digest: the same text gives the same id.

    A text that looks like such a digest gets a digest too, so no sender can choose the id of
    another record.
    """
    if len(text) <= LONGEST_ID and _SAFE.fullmatch(text) and ".." not in text and "//" not in text:
        return text
    return f"sha256-{sha256(text.encode(errors='surrogatepass')).hexdigest()[:40]}"
