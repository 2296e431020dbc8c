"""Salesforce record ids: the 15 characters of reports and the 18 of the API are one id.

In the first 15 case counts. The last three say for each of the 15 whether it is a capital:
https://help.salesforce.com/s/articleView?id=000385585&type=1
"""

import re

_SHORT, _LONG = 15, 18
_PART = 5
_SUFFIX_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-5]{3})?", re.ASCII)


def to_long_id(text: str) -> str:
    """Converts to the id of 18 characters, in its own case. Any other text stays as it is.

    Many tables lose the case of an id of 18 characters, and its last three tell what it was.
    """
    if not _ID.fullmatch(text):
        return text
    if len(text) == _SHORT:
        return text + _compute_suffix(text)
    short = _restore_case(text)
    has_its_case = text[:_SHORT] in (short, short.lower(), short.upper())
    return short + text[_SHORT:].upper() if has_its_case else text


def list_former_ids(text: str) -> tuple[str, ...]:
    """The other spellings under which the hub kept the id until version 0.2: all that it got."""
    written = text.strip()
    long_id = to_long_id(written)
    if long_id == written and not _ID.fullmatch(written):
        return ()
    return tuple(sorted({written, long_id[:_SHORT]} - {long_id}))


def _compute_suffix(short: str) -> str:
    parts = (short[begin : begin + _PART] for begin in range(0, _SHORT, _PART))
    return "".join(_SUFFIX_LETTERS[_count_capitals(part)] for part in parts)


def _count_capitals(part: str) -> int:
    """The number whose lowest bit is that of the first character: 1 for a capital."""
    return sum(1 << place for place, character in enumerate(part) if character.isupper())


def _restore_case(long_id: str) -> str:
    numbers = [_SUFFIX_LETTERS.index(letter) for letter in long_id[_SHORT:].upper()]
    return "".join(
        character.upper() if numbers[place // _PART] >> place % _PART & 1 else character.lower()
        for place, character in enumerate(long_id[:_SHORT])
    )
