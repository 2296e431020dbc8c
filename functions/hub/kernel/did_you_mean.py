"""What a person most likely meant by a word that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_WORD = 60


def find_nearest(word: str, vocabulary: Iterable[str]) -> str | None:
    """The known word closest to this one, whatever its case; None when nothing comes close."""
    if len(word) > _LONGEST_WORD:
        return None
    by_lower = {name.lower(): name for name in vocabulary}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.65)
    return by_lower[close[0]] if close else None


def format_suggestion(suggestion: str | None) -> str:
    """The tail of a problem: empty when there is nothing to suggest."""
    return f": did you mean {suggestion}?" if suggestion else ""


def quote_value(value: object) -> str:
    """A value as a problem quotes it: short enough to read on a row."""
    text = repr(value)
    return text if len(text) <= _LONGEST_WORD else f"{text[:_LONGEST_WORD]}..."
