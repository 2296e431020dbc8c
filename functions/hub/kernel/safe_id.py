"""Ids from outside, made safe for queues, object keys, table keys and logs.

An id from outside may be made of a phone number, a name or an account, and an erasure reaches no
key and no log. So inside the hub its digest stands for it (`to_opaque_id`).
SQS accepts 128 printable ASCII characters as a deduplication id, and the name of the source stands
before the id.
"""

import re
from hashlib import sha256

LONGEST_ID = 80

_SAFE = re.compile(r"(?!sha256-)[A-Za-z0-9][A-Za-z0-9._:/=-]*")


def to_safe_id(text: str) -> str:
    """Returns `text` itself if it is short and plain, else its digest: for whoever sent it.

    A text that looks like such a digest gets a digest too, so no sender can choose the id of
    another record.
    """
    if len(text) <= LONGEST_ID and _SAFE.fullmatch(text) and ".." not in text and "//" not in text:
        return text
    return to_opaque_id(text)


def to_opaque_id(text: str) -> str:
    """Returns `sha256-` and the first 40 hexadecimal digits of the text's SHA-256.

    It shows nothing of the text. Who already knows a text can compute its id.
    """
    return f"sha256-{sha256(text.encode(errors='surrogatepass')).hexdigest()[:40]}"
