"""Which snippets and brands stand, and who names which: what names nothing that is gone, and never
leads back to itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.template import PARTS_BY_CHANNEL, TemplateKind, read_brand_name, read_kind
from hub.content.domain.mjml_liquid import RENDER_TAG
from hub.kernel.did_you_mean import find_nearest, format_suggestion

RowVersions = Mapping[str, Sequence[Row]]
"""The versions of each row, the one that is wanted first."""


def select_valid_versions(row_versions: RowVersions) -> tuple[dict[str, Row], dict[str, list[str]]]:
    """Of every row the first version that can stand beside the others', and what is wrong with
    those that were wanted more."""
    left = {key: list(versions) for key, versions in row_versions.items()}
    wrong: dict[str, list[str]] = {}
    while True:
        rows = {key: versions[0] for key, versions in left.items() if versions}
        found = {key: said for key in rows if (said := [*_find_row_problems(key, rows)])}
        if not found:
            return rows, wrong
        for key, said in found.items():
            left[key].pop(0)
            wrong.setdefault(key, said)


def find_sharing_problems(row: Row, rows: Mapping[str, Row]) -> list[str]:
    """What a row names that is not among the shared ones."""
    return [*_find_unknown_snippets(row, rows), *_find_unknown_brand(row, rows)]


def _find_row_problems(key: str, rows: Mapping[str, Row]) -> Iterator[str]:
    yield from find_sharing_problems(rows[key], rows)
    way = _find_loop(key, rows)
    if way:
        yield f"body names itself: {' > '.join([key, *way])}"


def _find_loop(key: str, rows: Mapping[str, Row]) -> list[str]:
    """From a snippet to itself, if there is a way."""
    ways = {name: [name] for name in _find_snippet_names(rows[key])}
    seen = set[str]()
    while ways:
        name, way = ways.popitem()
        if name == key:
            return way
        if name not in seen and name in rows:
            seen.add(name)
            ways |= {further: [*way, further] for further in _find_snippet_names(rows[name])}
    return []


def _find_unknown_snippets(row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    snippets = [key for key, shared in rows.items() if read_kind(shared) == TemplateKind.SNIPPET]
    for place, text in _list_texts(row):
        for found in RENDER_TAG.finditer(text):
            if found["name"] not in snippets:
                close = format_suggestion(find_nearest(found["name"], snippets))
                yield f"{place} there is no snippet {found['name']!r}{close}"


def _find_unknown_brand(row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    brands = [key for key, shared in rows.items() if read_kind(shared) == TemplateKind.BRAND]
    name = read_brand_name(row)
    if name and name not in brands:
        yield f"brand there is no brand {name!r}{format_suggestion(find_nearest(name, brands))}"


def _find_snippet_names(row: Row) -> Collection[str]:
    return {found["name"] for _, text in _list_texts(row) for found in RENDER_TAG.finditer(text)}


def _list_texts(row: Row) -> Iterator[tuple[str, str]]:
    """Place and text of all that a template or snippet says."""
    for channel in (*PARTS_BY_CHANNEL, "body"):
        languages = row.get(channel)
        for language, parts in languages.items() if isinstance(languages, Mapping) else ():
            for part, text in parts.items() if isinstance(parts, Mapping) else ():
                if isinstance(text, str):
                    yield f"{channel}.{language}.{part}", text
