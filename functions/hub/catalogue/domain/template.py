"""The table Templates: what is said, per channel and language, and what templates share.

A row is a template unless its `kind` says otherwise. A snippet is a piece of text that templates
name (`{% render 'footer' %}`); a brand is how a house looks and what it is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from hub.catalogue.domain.row_reader import InvalidRow, Row, RowReader
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.errors import Rejected
from hub.model.channels import CHANNELS, PURPOSES

PARTS_BY_CHANNEL: Mapping[str, tuple[str, ...]] = {
    name: tuple(part.name for part in channel.parts) for name, channel in CHANNELS.items()
}
_REQUIRED_PARTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(part.name for part in channel.parts if part.required)
    for name, channel in CHANNELS.items()
}
SNIPPET_PARTS = ("text", "html", "mjml")
DEFAULT_LANGUAGE = "en"
DEFAULT_BRAND = "brand"

Languages = Mapping[str, Mapping[str, str]]
Bodies = Mapping[str, Languages]
Brand = Mapping[str, Any]
_EMPTY: Mapping[str, Any] = MappingProxyType({})


class TemplateKind(StrEnum):
    TEMPLATE = "template"
    SNIPPET = "snippet"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Snippet:
    """What several templates say alike: language -> part -> Liquid text."""

    body: Languages
    default_language: str

    def find_parts(self, language: str) -> Mapping[str, str]:
        return self.body[_choose_language(self.body, language, self.default_language)]


@dataclass(frozen=True, slots=True)
class SharedContent:
    """What the templates of one catalogue share, by name."""

    snippets: Mapping[str, Snippet] = field(default_factory=dict)
    brands: Mapping[str, Brand] = field(default_factory=dict)


NO_SHARED_CONTENT = SharedContent()


class LocalizedTemplate(NamedTuple):
    """All there is to render of one message, in one language: the body by part, and the parts of
    the snippets that it may name."""

    language: str
    body: Mapping[str, str]
    snippets: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Template:
    """`bodies` is channel -> language -> part -> Liquid text; `purpose` is what the customer has to
    have consented to."""

    template_id: str
    purpose: str
    bodies: Bodies
    default_language: str
    brand: Brand = field(default_factory=dict)
    snippets: Mapping[str, Snippet] = field(default_factory=dict)

    def find_body(self, channel: str, language: str) -> Mapping[str, str]:
        """In the language, else in its base (`de` for `de-AT`), else in the default language.
        Raises `Rejected` if it says nothing in this channel."""
        return self.localize(channel, language).body

    def localize(self, channel: str, language: str) -> LocalizedTemplate:
        """Snippets follow the language that the body speaks. Raises as `body` does."""
        languages = self.bodies.get(channel)
        if not languages:
            raise Rejected(f"template {self.template_id} has no {channel} body")
        spoken = _choose_language(languages, language, self.default_language)
        snippets = {name: snippet.find_parts(spoken) for name, snippet in self.snippets.items()}
        return LocalizedTemplate(spoken, languages[spoken], snippets)

    def add_compiled_html(self, html: Mapping[str, str]) -> "Template":
        """With what its MJML was made into, by language, as the e-mail's HTML."""
        if not html:
            return self
        email = {
            language: _replace_mjml(body, html[language]) if language in html else body
            for language, body in self.bodies["email"].items()
        }
        return replace(self, bodies={**self.bodies, "email": email})


def _replace_mjml(body: Mapping[str, str], html: str) -> dict[str, str]:
    return {**{part: text for part, text in body.items() if part != "mjml"}, "html": html}


def _choose_language(languages: Languages, wanted: str, default: str) -> str:
    choices = (wanted, wanted.partition("-")[0], default)
    return next((choice for choice in choices if choice in languages), next(iter(languages)))


def read_kind(row: Row) -> str:
    return str(row.get("kind") or TemplateKind.TEMPLATE)


def read_templates(
    rows: Mapping[str, Row], html: Mapping[str, Mapping[str, str]], wrong: dict[str, str]
) -> dict[str, Template]:
    """The templates of a catalogue. `html` is what their MJML was made into when it was published;
    `wrong` is told of the rows that cannot be read, as `templates/<key>`."""
    shared, templates = read_shared_content(rows, wrong), dict[str, Template]()
    for key, row in rows.items():
        if read_kind(row) == TemplateKind.TEMPLATE:
            try:
                templates[key] = template_from_row(row, shared).add_compiled_html(
                    html.get(key, _EMPTY)
                )
            except InvalidRow as refused:
                wrong[f"templates/{key}"] = refused.reason
    return templates


def read_shared_content(
    rows: Mapping[str, Row], wrong: dict[str, str] | None = None
) -> SharedContent:
    """The snippets and brands among the rows of the table."""
    shared: dict[str, Any] = {TemplateKind.SNIPPET: {}, TemplateKind.BRAND: {}}
    readers = {TemplateKind.SNIPPET: snippet_from_row, TemplateKind.BRAND: brand_from_row}
    for key, row in rows.items():
        kind = read_kind(row)
        if kind in readers:
            try:
                shared[kind][key] = readers[TemplateKind(kind)](row)
            except InvalidRow as refused:
                (wrong if wrong is not None else {})[f"templates/{key}"] = refused.reason
    return SharedContent(shared[TemplateKind.SNIPPET], shared[TemplateKind.BRAND])


def read_template_row(row: Row) -> Template | Snippet | Brand:
    """Whatever the row is. Raises `RowRefused` with all problems of it."""
    reader = RowReader(row)
    kind = reader.read_one_of("kind", [*TemplateKind], TemplateKind.TEMPLATE)
    reader.raise_if_invalid()
    if kind == TemplateKind.SNIPPET:
        return snippet_from_row(row)
    return brand_from_row(row) if kind == TemplateKind.BRAND else template_from_row(row)


def template_from_row(row: Row, shared: SharedContent = NO_SHARED_CONTENT) -> Template:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    brand = reader.read_text("brand") or DEFAULT_BRAND
    template = Template(
        template_id=reader.read_key("template_id"),
        purpose=reader.read_one_of("purpose", PURPOSES),
        bodies={
            channel: _read_languages(reader, channel)
            for channel in PARTS_BY_CHANNEL
            if channel in row
        },
        default_language=reader.read_text("default_language") or DEFAULT_LANGUAGE,
        brand=shared.brands.get(brand, _EMPTY),
        snippets=shared.snippets,
    )
    if not template.bodies:
        reader.add_problem(f"{' or '.join(PARTS_BY_CHANNEL)} is missing: a template needs a body")
    for channel, languages in template.bodies.items():
        if languages and template.default_language not in languages:
            reader.add_problem(
                f"{channel} has no body in the default language {template.default_language}"
            )
    _refuse_attributes(reader, "body", "values", what="a template")
    reader.raise_if_invalid()
    return template


def snippet_from_row(row: Row) -> Snippet:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    reader.read_key("template_id")
    default = reader.read_text("default_language") or DEFAULT_LANGUAGE
    if "body" not in row:
        reader.add_problem("body is missing: a map of languages, such as {'en': {'text': '...'}}")
    body = _read_languages(reader, "body", SNIPPET_PARTS, ("text",)) if "body" in row else {}
    if body and default not in body:
        reader.add_problem(f"body has none in the default language {default}")
    _refuse_attributes(reader, *PARTS_BY_CHANNEL, "purpose", "brand", "values", what="a snippet")
    reader.raise_if_invalid()
    return Snippet(body, default)


def brand_from_row(row: Row) -> Brand:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    reader.read_key("template_id")
    values = row.get("values")
    if not isinstance(values, Mapping) or not values:
        reader.add_problem("values must be a map, such as {'name': 'Blue Door', 'colours': {...}}")
    _refuse_attributes(reader, *PARTS_BY_CHANNEL, "purpose", "brand", "body", what="a brand")
    reader.raise_if_invalid()
    return values if isinstance(values, Mapping) else _EMPTY


def read_brand_name(row: Row) -> str:
    """The brand that a template names; empty where it takes the one that is there, if any."""
    named = row.get("brand")
    return named.strip() if isinstance(named, str) else ""


def _refuse_attributes(reader: RowReader, *others: str, what: str) -> None:
    for name in others:
        if name in reader.row:
            reader.add_problem(f"{name} is not known here: this row is {what}")


def _read_languages(
    reader: RowReader,
    place: str,
    parts: tuple[str, ...] = (),
    wanted: tuple[str, ...] = (),
) -> dict[str, dict[str, str]]:
    languages = reader.row[place]
    parts, wanted = parts or PARTS_BY_CHANNEL[place], wanted or _REQUIRED_PARTS[place]
    if not isinstance(languages, Mapping) or not languages:
        reader.add_problem(
            f"{place} is {quote_value(languages)}: it must be a map of languages, such as en"
        )
        return {}
    return {
        str(name): _read_parts(reader, f"{place}.{name}", body, parts, wanted)
        for name, body in languages.items()
    }


def _read_parts(
    reader: RowReader, place: str, body: Any, parts: tuple[str, ...], wanted: tuple[str, ...]
) -> dict[str, str]:
    if not isinstance(body, Mapping):
        reader.add_problem(
            f"{place} is {quote_value(body)}: it must be a map of {', '.join(parts)}"
        )
        return {}
    for part in wanted:
        if part not in body:
            reader.add_problem(f"{place}.{part} is missing")
    if parts != SNIPPET_PARTS and {"html", "mjml"} <= body.keys():
        reader.add_problem(f"{place} has both html and mjml: the HTML is made of the MJML")
    for part, text in body.items():
        if part not in parts:
            reader.add_problem(
                f"{place} has no part {part}{format_suggestion(find_nearest(str(part), parts))}"
            )
        elif not isinstance(text, str) or not text:
            reader.add_problem(f"{place}.{part} is {quote_value(text)}: it must be a text")
    return {str(part): text for part, text in body.items() if isinstance(text, str)}
