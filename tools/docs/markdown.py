"""Markdown tables, and the places in a page that hold a generated one.

A page holds a table between `<!-- generated:NAME -->` and `<!-- /generated -->`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

_GENERATED = re.compile(
    r"(?P<start><!-- generated:(?P<name>[a-z-]+) -->\n).*?(?P<end><!-- /generated -->)", re.DOTALL
)


def to_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of one line a row. A bar in a cell is escaped, a line break becomes a blank."""
    lines = [list(header), ["---"] * len(header), *(list(map(escape_cell, row)) for row in rows)]
    return "".join(f"|{''.join(map(_to_cell, cells))}\n" for cells in lines)


def _to_cell(text: str) -> str:
    return f" {text} |" if text else " |"


def escape_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """The text as code, or nothing where there is none."""
    return f"`{text}`" if text else ""


def code_list(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))


def list_generated(page: str) -> list[str]:
    """The names of the tables that a page holds, in its order."""
    return [place["name"] for place in _GENERATED.finditer(page)]


def fill_generated(page: str, tables: Mapping[str, str]) -> str:
    """The page with each of its tables as it is in `tables`, where that has it."""

    def fill(place: re.Match[str]) -> str:
        table = tables.get(place["name"])
        return place[0] if table is None else f"{place['start']}{table}{place['end']}"

    return _GENERATED.sub(fill, page)


def read_generated(page: str) -> dict[str, str]:
    """Name -> table, as the page has them now."""
    found = {}
    for place in _GENERATED.finditer(page):
        found[place["name"]] = place[0][len(place["start"]) : -len(place["end"])]
    return found


def read_first_sentences(page: str) -> dict[str, str]:
    """Heading -> the first sentence below it, of every heading of the second level."""
    sections = re.findall(r"^## (.+)\n+(.+)$", page, re.MULTILINE)
    return {heading: re.split(r"(?<=[.?!])\s", text)[0] for heading, text in sections}


def to_slug(heading: str) -> str:
    """The anchor of a heading, as GitHub and MyST make it."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")
