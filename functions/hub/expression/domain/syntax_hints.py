"""Explains syntax errors: the usual slips of people who write other languages all day."""

import re

from hub.expression.domain.problems import Problem

_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")
_SLIPS = (
    (r"[“”„‟‘’‚‛«»`´]", "{0} is a typographic quote: type ' or \" instead"),
    (r"&&?", "{0} is not part of the language: did you mean and?"),
    (r"\|\|?", "{0} is not part of the language: did you mean or?"),
    (r"\b(AND|OR|NOT|IN)\b", "{0} is written in small letters: did you mean {1}?"),
    (r"<>|=!", "{0} is not a comparison: did you mean !=?"),
    (r"=>", "{0} is not a comparison: did you mean >=?"),
    (r"=<", "{0} is not a comparison: did you mean <=?"),
    (r"===|=~", "{0} is not a comparison: did you mean ==?"),
    (r"(?<![<>=!:])=(?!=)", "{0} does not compare: did you mean ==?"),
    (r"!(?!=)", "{0} is not part of the language: did you mean not?"),
    (r"\b(LIKE|like|MATCHES|matches)\b", "{0} is not a comparison: did you mean contains(...)?"),
    (r"\b(and|or|not|in)\s*$|[<>=]\s*$", "{0} is followed by nothing"),
    (r"['\"]", "the quote {0} is opened here and not closed"),
)


def explain_syntax_error(text: str, error: Exception) -> Problem:
    """Finds the likeliest reason why Python's parser refused `text` with `error`."""
    bare = _TEXTS.sub(lambda match: "_" * len(match[0]), text)
    for pattern, words in _SLIPS:
        # A single = is right in an option such as days=7, inside brackets.
        for match in re.finditer(pattern, bare):
            if match[0] != "=" or not _is_option(bare, match.start()):
                return Problem(match.start() + 1, words.format(match[0], match[0].lower()))
    return _find_bracket_problem(bare) or Problem(
        _position(text, error), "the expression cannot be read here"
    )


def _is_option(bare: str, at: int) -> bool:
    return bool(re.search(r"[(,]\s*\w+\s*$", bare[:at]))


def _find_bracket_problem(bare: str) -> Problem | None:
    opened: list[int] = []
    for at, character in enumerate(bare):
        if character in "([":
            opened.append(at)
        elif character in ")]":
            if not opened:
                return Problem(at + 1, f"the bracket {character} closes nothing")
            opened.pop()
    if not opened:
        return None
    return Problem(opened[-1] + 1, f"the bracket {bare[opened[-1]]} is not closed")


def _position(text: str, error: Exception) -> int:
    offset = getattr(error, "offset", None) or 1
    return max(1, min(offset, len(text)))
