"""The length of a text message: its alphabet and its segments.

The alphabets are those of 3GPP TS 23.038. The default one has seven bits a character (6.2.1); a
character of its extension table (6.2.1.1) takes two units. UCS-2 (6.2.3) has sixteen bits; an emoji
takes two units. One segment has 140 octets. If there are several, 6 of them say how the segments
belong together (3GPP TS 23.040, 9.2.3.24.1). That makes 160 and 153 units, or 70 and 67. A
character of two units is never split. A provider that splits between words may need another
segment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_letters, digits

GSM_7 = "GSM-7"
UCS_2 = "UCS-2"
MOST_SEGMENTS = 10

_BASIC = frozenset(
    ascii_letters
    + digits
    + " \n\r!\"#$%&'()*+,-./:;<=>?@_"
    + "£¥§¡¿¤ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùü"
    + "ΓΔΘΛΞΠΣΦΨΩ"
)
_EXTENSION = frozenset("\f[\\]^{|}~€")
_SEGMENT_SIZES = {GSM_7: (160, 153), UCS_2: (70, 67)}
_LAST_UCS_2_CHARACTER = "\uffff"


@dataclass(frozen=True, slots=True)
class SmsLength:
    """The length of one text. `segments` are sent, and paid for, separately."""

    encoding: str
    units: int
    segments: int


def measure_sms(text: str) -> SmsLength:
    """Measures a text in the smallest alphabet that has all its characters."""
    if _first_non_gsm_character(text):
        return _measure(UCS_2, (1 if char <= _LAST_UCS_2_CHARACTER else 2 for char in text))
    return _measure(GSM_7, (2 if char in _EXTENSION else 1 for char in text))


def check_sms_length(text: str) -> str | None:
    """Explains why a text is too long for a text message; None if it is not."""
    length = measure_sms(text)
    if length.segments <= MOST_SEGMENTS:
        return None
    cause = f" because of {_first_non_gsm_character(text)!r}" if length.encoding == UCS_2 else ""
    return (
        f"the text takes {length.segments} segments in {length.encoding}{cause}: "
        f"{MOST_SEGMENTS} at most"
    )


def _first_non_gsm_character(text: str) -> str:
    """The first character that the default alphabet lacks; empty if there is none."""
    return next((char for char in text if char not in _BASIC and char not in _EXTENSION), "")


def _measure(encoding: str, widths: Iterable[int]) -> SmsLength:
    single_size, size = _SEGMENT_SIZES[encoding]
    units, segments, filled = 0, 1, 0
    for width in widths:
        units += width
        if filled + width > size:
            segments, filled = segments + 1, 0
        filled += width
    return SmsLength(encoding, units, 1 if units <= single_size else segments)
