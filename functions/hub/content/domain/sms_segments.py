"""How long a text message is: the alphabet it goes out in, and the parts it is sent in.

The alphabets are 3GPP TS 23.038's: the default one of seven bits a character (6.2.1), of which
those of the extension table (6.2.1.1) take two places, and UCS-2 (6.2.3) with sixteen bits, of
which an emoji takes two places. One part holds 140 octets, 6 of which say how the parts belong
together where there are more (3GPP TS 23.040, 9.2.3.24.1): 160 and 153 places, or 70 and 67.
A character of two places is not cut in two. A provider that cuts between words may need a part
more.
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
    """`segments` are the parts that are sent, and paid for; `units` the places they fill."""

    encoding: str
    units: int
    segments: int


def measure_sms(text: str) -> SmsLength:
    if _first_non_gsm_character(text):
        return _measure(UCS_2, (1 if one <= _LAST_UCS_2_CHARACTER else 2 for one in text))
    return _measure(GSM_7, (2 if one in _EXTENSION else 1 for one in text))


def check_sms_length(text: str) -> str | None:
    """Why this is more than a text message should be, in words, or None."""
    found = measure_sms(text)
    if found.segments <= MOST_SEGMENTS:
        return None
    cause = (
        f", which {_first_non_gsm_character(text)!r} asks for" if found.encoding == UCS_2 else ""
    )
    return (
        f"the text takes {found.segments} segments in {found.encoding}{cause}: "
        f"{MOST_SEGMENTS} at most"
    )


def _first_non_gsm_character(text: str) -> str:
    """The first character that the default alphabet lacks; empty if there is none."""
    return next((one for one in text if one not in _BASIC and one not in _EXTENSION), "")


def _measure(encoding: str, widths: Iterable[int]) -> SmsLength:
    alone, among_others = _SEGMENT_SIZES[encoding]
    units, segments, filled = 0, 1, 0
    for width in widths:
        units += width
        if filled + width > among_others:
            segments, filled = segments + 1, 0
        filled += width
    return SmsLength(encoding, units, 1 if units <= alone else segments)
