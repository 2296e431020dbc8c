"""Checks the snippets and brands that templates name: all exist, and no snippet contains itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from hub.catalogue.domain.language_bodies import PARTS_BY_CHANNEL
from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.shared_content import TemplateKind, read_kind
from hub.catalogue.domain.template import read_brand_name
from hub.content.domain.mjml_liquid import RENDER_TAG
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.publishing.domain.row_faults import find_row_problems

RowVersions = Mapping[str, Sequence[Row]]
"""The versions of each row, the preferred one first."""


def select_valid_versions(row_versions: RowVersions) -> tuple[dict[str, Row], dict[str, list[str]]]:
    """Selects the first version of every row that is valid together with the others' versions.

    Also returns the problems of the preferred versions that were not selected."""
    remaining = {key: list(versions) for key, versions in row_versions.items()}
    first_problems: dict[str, list[str]] = {}
    while True:
        rows = {key: versions[0] for key, versions in remaining.items() if versions}
        problems = {key: found for key in rows if (found := _find_row_problems(key, rows))}
        if not problems:
            return rows, first_problems
        for key, row_problems in problems.items():
            remaining[key].pop(0)
            first_problems.setdefault(key, row_problems)


def find_sharing_problems(row: Row, rows: Mapping[str, Row]) -> list[str]:
    """Finds the snippets and the brand that a row names and that are not among `rows`."""
    return [*_find_unknown_snippets(row, rows), *_find_unknown_brand(row, rows)]


def _find_row_problems(key: str, rows: Mapping[str, Row]) -> list[str]:
    return find_row_problems("templates", rows[key], lambda row: _find_problems(key, row, rows))


def _find_problems(key: str, row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    yield from find_sharing_problems(row, rows)
    path = _find_loop(key, rows)
    if path:
        yield f"body names itself: {' > '.join([key, *path])}"


def _find_loop(key: str, rows: Mapping[str, Row]) -> list[str]:
    """Finds a path from a snippet to itself; empty if there is none."""
    paths = {name: [name] for name in _find_snippet_names(rows[key])}
    seen = set[str]()
    while paths:
        name, path = paths.popitem()
        if name == key:
            return path
        if name not in seen and name in rows:
            seen.add(name)
            paths |= {inner: [*path, inner] for inner in _find_snippet_names(rows[name])}
    return []


def _find_unknown_snippets(row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    snippets = [key for key, shared in rows.items() if read_kind(shared) == TemplateKind.SNIPPET]
    for place, text in _list_texts(row):
        for tag in RENDER_TAG.finditer(text):
            if tag["name"] not in snippets:
                close = format_suggestion(find_nearest(tag["name"], snippets))
                yield f"{place} there is no snippet {tag['name']!r}{close}"


def _find_unknown_brand(row: Row, rows: Mapping[str, Row]) -> Iterator[str]:
    brands = [key for key, shared in rows.items() if read_kind(shared) == TemplateKind.BRAND]
    name = read_brand_name(row)
    if name and name not in brands:
        yield f"brand there is no brand {name!r}{format_suggestion(find_nearest(name, brands))}"


def _find_snippet_names(row: Row) -> Collection[str]:
    return {tag["name"] for _, text in _list_texts(row) for tag in RENDER_TAG.finditer(text)}


def _list_texts(row: Row) -> Iterator[tuple[str, str]]:
    """Yields place and text of every part of a template or snippet."""
    for channel in (*PARTS_BY_CHANNEL, "body"):
        languages = row.get(channel)
        for language, parts in languages.items() if isinstance(languages, Mapping) else ():
            for part, text in parts.items() if isinstance(parts, Mapping) else ():
                if isinstance(text, str):
                    yield f"{channel}.{language}.{part}", text
