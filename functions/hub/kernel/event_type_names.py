"""Names that senders give their events freely, made event types."""

import re
import unicodedata

LONGEST_NAME = 48
OTHER = "other"

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def to_event_type(pattern: str, name: str) -> str:
    """`track.*` and `Video Played` are `track.video_played`; accents go, and so does what is no
    Latin letter or digit. A name of which nothing is left, or that begins with a digit, follows
    `other`: `track.other_2`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = _BETWEEN.sub("_", _HUMP.sub("_", plain).lower()).strip("_")
    if not words[:1].isalpha():
        words = f"{OTHER}_{words}".strip("_")
    return pattern.replace("*", words[:LONGEST_NAME].strip("_"))
