"""Language tags (BCP 47), and the choice of a text by them as in RFC 4647, section 3.4 (lookup).

Tags are compared in any case, and with `_` for `-`, because systems write them in many ways.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

_TAG = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_LONGEST = 100
_CURRENT_NAMES = {"in": "id", "iw": "he", "ji": "yi", "mo": "ro", "nb": "no", "tl": "fil"}
"""Two codes of one language, by https://www.iana.org/assignments/language-subtag-registry and, for
`nb`, by CLDR."""
_SCRIPT_LENGTH, _REGION_LENGTH, _NUMERIC_REGION_LENGTH = 4, 2, 3


class LanguageTag(NamedTuple):
    """The subtags that choose texts and formats, empty if the tag has none: `zh`, `Hans`, `CN`."""

    language: str
    script: str
    region: str

    def __str__(self) -> str:
        return "-".join(filter(None, self))


def parse_language_tag(tag: object) -> LanguageTag:
    """Parses a tag in any case and with either separator: `zh_hans_cn`. All is empty for no tag."""
    language, *rest = _split(tag) or [""]
    script = region = ""
    for subtag in rest:
        if len(subtag) == 1:
            break
        if len(subtag) == _SCRIPT_LENGTH and subtag.isalpha() and not (script or region):
            script = subtag.capitalize()
        elif _is_region(subtag) and not region:
            region = subtag.upper()
    return LanguageTag(language, script, region)


def choose_language(available: Collection[str], wanted: object, default: str) -> str:
    """Chooses the tag whose texts suit the wanted one: `de` for `DE_at`.

    Without any it is the default, and without that the first one. `available` may not be empty.
    """
    by_subtags = {tuple(_split(tag)): tag for tag in reversed(list(available))}
    for subtags in (*_shorten(wanted), *_shorten(default)):
        if subtags in by_subtags:
            return by_subtags[subtags]
    return next(iter(available))


def same_language(tag: str, other: str) -> bool:
    """Whether both are one tag, written in whichever way."""
    return _split(tag) == _split(other)


def _shorten(tag: object) -> Iterator[tuple[str, ...]]:
    """Yields the tag, then shorter ones. A single letter goes with the subtag after it."""
    subtags = _split(tag)
    while subtags:
        yield tuple(subtags)
        subtags.pop()
        if len(subtags) > 1 and len(subtags[-1]) == 1:
            subtags.pop()


def _split(tag: object) -> list[str]:
    """Splits a tag and drops what POSIX puts behind it: `de_AT.UTF-8@euro`."""
    if not isinstance(tag, str) or len(tag) > _LONGEST:
        return []
    plain = tag.strip().partition(".")[0].partition("@")[0].lower().replace("_", "-")
    if not _TAG.fullmatch(plain):
        return []
    first, *others = plain.split("-")
    return [_CURRENT_NAMES.get(first, first), *others]


def _is_region(subtag: str) -> bool:
    return (len(subtag) == _REGION_LENGTH and subtag.isalpha()) or (
        len(subtag) == _NUMERIC_REGION_LENGTH and subtag.isdecimal()
    )
