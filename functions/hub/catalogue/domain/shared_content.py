"""What the templates of one catalogue share: snippets and brands, rows of the table Templates.

A snippet is a piece of text that templates name (`{% render 'footer' %}`). A brand has the name,
colours and other values of a house.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from hub.catalogue.domain.language_bodies import (
    DEFAULT_LANGUAGE,
    PARTS_BY_CHANNEL,
    Languages,
    has_language,
    read_snippet_bodies,
)
from hub.catalogue.domain.row_reader import Row, RowReader
from hub.kernel.errors import explain_fault
from hub.kernel.language_tag import choose_language

Brand = Mapping[str, Any]
EMPTY_BRAND: Brand = MappingProxyType({})


class TemplateKind(StrEnum):
    """A row of the table Templates is a template unless its `kind` says otherwise."""

    TEMPLATE = "template"
    SNIPPET = "snippet"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text that several templates have in common: language -> part -> Liquid text."""

    body: Languages
    default_language: str

    def find_parts(self, language: str) -> Mapping[str, str]:
        """Returns part -> Liquid text, in the language that `choose_language` gives."""
        return self.body[choose_language(self.body, language, self.default_language)]


@dataclass(frozen=True, slots=True)
class SharedContent:
    """The snippets and brands of one catalogue, by name."""

    snippets: Mapping[str, Snippet] = field(default_factory=dict)
    brands: Mapping[str, Brand] = field(default_factory=dict)


NO_SHARED_CONTENT = SharedContent()


def read_kind(row: Row) -> str:
    """Returns the `kind` of a row, `template` if it has none."""
    return str(row.get("kind") or TemplateKind.TEMPLATE)


def read_shared_content(
    rows: Mapping[str, Row], unreadable: dict[str, str] | None = None
) -> SharedContent:
    """Reads the snippets and brands among the rows of the table Templates.

    Leaves out a row that it cannot read, and puts the reason into `unreadable` under
    `templates/<key>`.
    """
    shared: dict[str, Any] = {TemplateKind.SNIPPET: {}, TemplateKind.BRAND: {}}
    readers = {TemplateKind.SNIPPET: snippet_from_row, TemplateKind.BRAND: brand_from_row}
    for key, row in rows.items():
        kind = read_kind(row)
        if kind in readers:
            try:
                shared[kind][key] = readers[TemplateKind(kind)](row)
            except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
                reason = explain_fault(error)
                if unreadable is not None:
                    unreadable[f"templates/{key}"] = reason
    return SharedContent(shared[TemplateKind.SNIPPET], shared[TemplateKind.BRAND])


def snippet_from_row(row: Row) -> Snippet:
    """Reads a snippet. Raises `InvalidRow` with all problems of the row."""
    reader = RowReader(row)
    reader.read_key("template_id")
    default = reader.read_text("default_language") or DEFAULT_LANGUAGE
    if "body" not in row:
        reader.add_problem("body is missing: a map of languages, such as {'en': {'text': '...'}}")
    body = read_snippet_bodies(reader) if "body" in row else {}
    if body and not has_language(body, default):
        reader.add_problem(f"body has none in the default language {default}")
    refuse_attributes(reader, *PARTS_BY_CHANNEL, "purpose", "brand", "values", kind="a snippet")
    reader.raise_if_invalid()
    return Snippet(body, default)


def brand_from_row(row: Row) -> Brand:
    """Reads the values of a brand. Raises `InvalidRow` with all problems of the row."""
    reader = RowReader(row)
    reader.read_key("template_id")
    values = row.get("values")
    if not isinstance(values, Mapping) or not values:
        reader.add_problem("values must be a map, such as {'name': 'Blue Door', 'colours': {...}}")
    refuse_attributes(reader, *PARTS_BY_CHANNEL, "purpose", "brand", "body", kind="a brand")
    reader.raise_if_invalid()
    return values if isinstance(values, Mapping) else EMPTY_BRAND


def refuse_attributes(reader: RowReader, *attributes: str, kind: str) -> None:
    """Adds a problem for each of these attributes that the row has; `kind` is `a snippet`."""
    for name in attributes:
        if name in reader.row:
            reader.add_problem(f"{name} is not known here: this row is {kind}")
