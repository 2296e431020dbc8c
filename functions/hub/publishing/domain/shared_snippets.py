"""Which snippets and brands stand, and who names which: what names nothing that is gone, and never
leads back to itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.template import PARTS, Kind, brand_named, kind_of
from hub.content.domain.mjml_liquid import RENDER
from hub.kernel.did_you_mean import did_you_mean, nearest

Choices = Mapping[str, Sequence[Row]]
"""The versions of each row, the one that is wanted first."""


def standing(choices: Choices) -> tuple[dict[str, Row], dict[str, list[str]]]:
    """Of every row the first version that can stand beside the others', and what is wrong with
    those that were wanted more."""
    left = {key: list(versions) for key, versions in choices.items()}
    wrong: dict[str, list[str]] = {}
    while True:
        rows = {key: versions[0] for key, versions in left.items() if versions}
        found = {key: said for key in rows if (said := [*_round(key, rows)])}
        if not found:
            return rows, wrong
        for key, said in found.items():
            left[key].pop(0)
            wrong.setdefault(key, said)


def sharing_problems(row: Row, rows: Mapping[str, Row]) -> list[str]:
    """What a row names that is not among the shared ones."""
    return [*_unknown_snippets(row, rows), *_unknown_brand(row, rows)]


def _round(key: str, rows: Mapping[str, Row]) -> Iterator[str]:
    yield from sharing_problems(rows[key], rows)
    way = _way_back(key, rows)
    if way:
        yield f"body names itself: {' > '.join([key, *way])}"


def _way_back(key: str, rows: Mapping[str, Row]) -> list[str]:
    """From a snippet to itself, if there is a way."""
    ways = {name: [name] for name in _named(rows[key])}
    seen = set[str]()
    while ways:
        name, way = ways.popitem()
        if name == key:
            return way
        if name not in seen and name in rows:
            seen.add(name)
            ways |= {further: [*way, further] for further in _named(rows[name])}
    return []


def _unknown_snippets(row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    snippets = [key for key, shared in rows.items() if kind_of(shared) == Kind.SNIPPET]
    for place, text in _texts(row):
        for found in RENDER.finditer(text):
            if found["name"] not in snippets:
                close = did_you_mean(nearest(found["name"], snippets))
                yield f"{place} there is no snippet {found['name']!r}{close}"


def _unknown_brand(row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    brands = [key for key, shared in rows.items() if kind_of(shared) == Kind.BRAND]
    name = brand_named(row)
    if name and name not in brands:
        yield f"brand there is no brand {name!r}{did_you_mean(nearest(name, brands))}"


def _named(row: Row) -> Collection[str]:
    return {found["name"] for _, text in _texts(row) for found in RENDER.finditer(text)}


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    """Place and text of all that a template or snippet says."""
    for channel in (*PARTS, "body"):
        languages = row.get(channel)
        for language, parts in languages.items() if isinstance(languages, Mapping) else ():
            for part, text in parts.items() if isinstance(parts, Mapping) else ():
                if isinstance(text, str):
                    yield f"{channel}.{language}.{part}", text
