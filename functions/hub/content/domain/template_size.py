"""The size of a template before anything reads it: its length, its tags, and tags without an end.

For each mark without an end, and for each `raw` without `endraw`, a parser searches up to the end
of the text."""

import re

from hub.content.domain.render_budget import LONGEST_TEXT, MOST_TAGS, OverBudget

_MARKS = (("{{", "}}"), ("{%", "%}"))
_MOST_WITHOUT_END = 20
_MARK_AND_NAME = re.compile(r"\{[{%]-?(\s*)[#\w]*(\s*)")
_MOST_BLANKS = 100
"""For blanks behind a mark or its name, the lexer takes time that grows with their square."""
_VERBATIM = {
    name: (re.compile(rf"{{%-?\s*{name}\b"), re.compile(rf"{{%-?\s*end{name}\s*-?%}}"))
    for name in ("raw", "doc")
}
_COMMENT, _END_OF_COMMENT = "<!--", "-->"


def check_size(source: str) -> None:
    """Raises `OverBudget` if the text is too long or has too many tags, with or without end."""
    if len(source) > LONGEST_TEXT:
        raise OverBudget(f"has more than {LONGEST_TEXT:,} characters")
    if any(
        len(blanks) > _MOST_BLANKS for mark in _MARK_AND_NAME.findall(source) for blanks in mark
    ):
        raise OverBudget(f"has a tag that begins with more than {_MOST_BLANKS} blanks")
    _check_ends(source)
    if sum(source.count(opening) for opening, _ in _MARKS) > MOST_TAGS:
        raise OverBudget(f"has more than {MOST_TAGS:,} tags")


def _check_ends(source: str) -> None:
    for opening, closing in _MARKS:
        if any(piece.count(opening) > _MOST_WITHOUT_END for piece in source.split(closing)):
            raise OverBudget(f"has too many {opening} that are not closed")
    if source.rpartition(_END_OF_COMMENT)[2].count(_COMMENT) > _MOST_WITHOUT_END:
        raise OverBudget("has too many comments that are not closed")
    for name, (opening_tag, closing_tag) in _VERBATIM.items():
        rest = closing_tag.split(source)[-1]
        if sum(1 for _ in opening_tag.finditer(rest)) > _MOST_WITHOUT_END:
            raise OverBudget(f"has too many {name} that are not closed")
