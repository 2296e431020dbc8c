"""Suggestions for words that the hub does not know."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_WORD = 60


def find_nearest(word: str, vocabulary: Iterable[str]) -> str | None:
    """Returns the nearest word of the vocabulary, in any case; None if none is near."""
    if len(word) > _LONGEST_WORD:
        return None
    by_lower = {name.lower(): name for name in vocabulary}
    matches = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.65)
    return by_lower[matches[0]] if matches else None


def format_suggestion(suggestion: str | None) -> str:
    """Writes the end of a problem's text; empty if there is nothing to suggest."""
    return f": did you mean {suggestion}?" if suggestion else ""


def quote_value(value: object) -> str:
    """Quotes a value in a problem's text, short enough to read on a row."""
    text = repr(value)
    return text if len(text) <= _LONGEST_WORD else f"{text[:_LONGEST_WORD]}..."
