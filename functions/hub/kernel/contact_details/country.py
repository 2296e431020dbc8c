"""Countries: the ISO 3166-1 code of whatever people and systems write for one."""

import unicodedata
from collections.abc import Iterator
from functools import cache

from hub.kernel.contact_details.country_names import COUNTRY_NAMES

LONGEST_NAME = 100


def to_country_code(text: str) -> str | None:
    """Finds the alpha-2 code (`GB`) of a code or name; None if no country has it.

    Case, accents, blanks and punctuation do not count: `U.K.`, `united kingdom` and `GBR` are GB.
    """
    return _read_codes().get(_simplify(text)) if len(text) <= LONGEST_NAME else None


@cache
def _read_codes() -> dict[str, str]:
    return {_simplify(name): code for code, name in list_country_names()}


def list_country_names() -> Iterator[tuple[str, str]]:
    """Lists each name with the code of its country. The code is the first name."""
    entries = COUNTRY_NAMES.replace("\n    ", " ").splitlines()
    for code, _, names in (entry.partition(": ") for entry in entries):
        yield code, code
        yield from ((code, name) for name in names.split("; "))


def _simplify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())
