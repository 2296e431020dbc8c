"""Event types made of the free names that senders give their events."""

import re
import unicodedata

LONGEST_NAME = 48
OTHER = "other"

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def to_event_type(pattern: str, name: str) -> str:
    """Puts the name in the place of `*`: `track.*` and `Video Played` give `track.video_played`.

    It drops accents and all characters but Latin letters and digits. If nothing is left, or the
    name begins with a digit, `other` stands before it: `track.other_2`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = _BETWEEN.sub("_", _HUMP.sub("_", plain).lower()).strip("_")
    if not words[:1].isalpha():
        words = f"{OTHER}_{words}".strip("_")
    return pattern.replace("*", words[:LONGEST_NAME].strip("_"))
