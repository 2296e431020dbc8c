"""The table Templates: what is said, per channel and language, and what templates share.

A row is a template unless its `kind` says otherwise. A snippet is a piece of text that templates
name (`{% render 'footer' %}`); a brand is how a house looks and what it is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from hub.catalogue.domain.row_reader import Row, RowReader, RowRefused
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.kernel.errors import Rejected

PARTS: Mapping[str, tuple[str, ...]] = {
    "email": ("subject", "preheader", "text", "html", "mjml"),
    "sms": ("text",),
    "push": ("title", "text"),
    "letter": ("subject", "text"),
    "call": ("script",),
    "whatsapp": ("text",),
    "messenger": ("text",),
    "x": ("text",),
    "fax": ("text",),
    "web": ("html", "text"),
    "screen": ("text",),
}
_WANTED: Mapping[str, tuple[str, ...]] = {
    **PARTS,
    "email": ("subject", "text"),
    "web": ("html",),
}
SNIPPET_PARTS = ("text", "html", "mjml")
PURPOSES = ("marketing", "service")
DEFAULT_LANGUAGE = "en"
DEFAULT_BRAND = "brand"

Languages = Mapping[str, Mapping[str, str]]
Bodies = Mapping[str, Languages]
Brand = Mapping[str, Any]
_NONE: Mapping[str, Any] = MappingProxyType({})


class Kind(StrEnum):
    TEMPLATE = "template"
    SNIPPET = "snippet"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Snippet:
    """What several templates say alike: language -> part -> Liquid text."""

    body: Languages
    default_language: str

    def parts(self, language: str) -> Mapping[str, str]:
        return self.body[_spoken(self.body, language, self.default_language)]


@dataclass(frozen=True, slots=True)
class Shared:
    """What the templates of one catalogue share, by name."""

    snippets: Mapping[str, Snippet] = field(default_factory=dict)
    brands: Mapping[str, Brand] = field(default_factory=dict)


NOTHING_SHARED = Shared()


class Piece(NamedTuple):
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

    def body(self, channel: str, language: str) -> Mapping[str, str]:
        """In the language, else in its base (`de` for `de-AT`), else in the default language.
        Raises `Rejected` if it says nothing in this channel."""
        return self.piece(channel, language).body

    def piece(self, channel: str, language: str) -> Piece:
        """Snippets follow the language that the body speaks. Raises as `body` does."""
        languages = self.bodies.get(channel)
        if not languages:
            raise Rejected(f"template {self.template_id} has no {channel} body")
        spoken = _spoken(languages, language, self.default_language)
        snippets = {name: snippet.parts(spoken) for name, snippet in self.snippets.items()}
        return Piece(spoken, languages[spoken], snippets)

    def compiled(self, html: Mapping[str, str]) -> "Template":
        """With what its MJML was made into, by language, as the e-mail's HTML."""
        if not html:
            return self
        email = {
            language: _made(body, html[language]) if language in html else body
            for language, body in self.bodies["email"].items()
        }
        return replace(self, bodies={**self.bodies, "email": email})


def _made(body: Mapping[str, str], html: str) -> dict[str, str]:
    return {**{part: text for part, text in body.items() if part != "mjml"}, "html": html}


def _spoken(languages: Languages, wanted: str, default: str) -> str:
    choices = (wanted, wanted.partition("-")[0], default)
    return next((choice for choice in choices if choice in languages), next(iter(languages)))


def kind_of(row: Row) -> str:
    return str(row.get("kind") or Kind.TEMPLATE)


def templates_of_rows(
    rows: Mapping[str, Row], html: Mapping[str, Mapping[str, str]], wrong: dict[str, str]
) -> dict[str, Template]:
    """The templates of a catalogue. `html` is what their MJML was made into when it was published;
    `wrong` is told of the rows that cannot be read, as `templates/<key>`."""
    shared, templates = shared_of(rows, wrong), dict[str, Template]()
    for key, row in rows.items():
        if kind_of(row) == Kind.TEMPLATE:
            try:
                templates[key] = template_from_row(row, shared).compiled(html.get(key, _NONE))
            except RowRefused as refused:
                wrong[f"templates/{key}"] = refused.reason
    return templates


def shared_of(rows: Mapping[str, Row], wrong: dict[str, str] | None = None) -> Shared:
    """The snippets and brands among the rows of the table."""
    shared: dict[str, Any] = {Kind.SNIPPET: {}, Kind.BRAND: {}}
    readers = {Kind.SNIPPET: snippet_from_row, Kind.BRAND: brand_from_row}
    for key, row in rows.items():
        kind = kind_of(row)
        if kind in readers:
            try:
                shared[kind][key] = readers[Kind(kind)](row)
            except RowRefused as refused:
                (wrong if wrong is not None else {})[f"templates/{key}"] = refused.reason
    return Shared(shared[Kind.SNIPPET], shared[Kind.BRAND])


def wording_from_row(row: Row) -> Template | Snippet | Brand:
    """Whatever the row is. Raises `RowRefused` with all problems of it."""
    reader = RowReader(row)
    kind = reader.one_of("kind", [*Kind], Kind.TEMPLATE)
    reader.finish()
    if kind == Kind.SNIPPET:
        return snippet_from_row(row)
    return brand_from_row(row) if kind == Kind.BRAND else template_from_row(row)


def template_from_row(row: Row, shared: Shared = NOTHING_SHARED) -> Template:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    brand = reader.text("brand") or DEFAULT_BRAND
    template = Template(
        template_id=reader.key("template_id"),
        purpose=reader.one_of("purpose", PURPOSES),
        bodies={channel: _languages(reader, channel) for channel in PARTS if channel in row},
        default_language=reader.text("default_language") or DEFAULT_LANGUAGE,
        brand=shared.brands.get(brand, _NONE),
        snippets=shared.snippets,
    )
    if not template.bodies:
        reader.say(f"{' or '.join(PARTS)} is missing: a template needs a body")
    for channel, languages in template.bodies.items():
        if languages and template.default_language not in languages:
            reader.say(f"{channel} has no body in the default language {template.default_language}")
    _only(reader, "body", "values", what="a template")
    reader.finish()
    return template


def snippet_from_row(row: Row) -> Snippet:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    reader.key("template_id")
    default = reader.text("default_language") or DEFAULT_LANGUAGE
    if "body" not in row:
        reader.say("body is missing: a map of languages, such as {'en': {'text': '...'}}")
    body = _languages(reader, "body", SNIPPET_PARTS, ("text",)) if "body" in row else {}
    if body and default not in body:
        reader.say(f"body has none in the default language {default}")
    _only(reader, *PARTS, "purpose", "brand", "values", what="a snippet")
    reader.finish()
    return Snippet(body, default)


def brand_from_row(row: Row) -> Brand:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    reader.key("template_id")
    values = row.get("values")
    if not isinstance(values, Mapping) or not values:
        reader.say("values wants a map, such as {'name': 'Blue Door', 'colours': {...}}")
    _only(reader, *PARTS, "purpose", "brand", "body", what="a brand")
    reader.finish()
    return values if isinstance(values, Mapping) else _NONE


def brand_named(row: Row) -> str:
    """The brand that a template names; empty where it takes the one that is there, if any."""
    named = row.get("brand")
    return named.strip() if isinstance(named, str) else ""


def _only(reader: RowReader, *others: str, what: str) -> None:
    for name in others:
        if name in reader.row:
            reader.say(f"{name} is not known here: this row is {what}")


def _languages(
    reader: RowReader,
    place: str,
    parts: tuple[str, ...] = (),
    wanted: tuple[str, ...] = (),
) -> dict[str, dict[str, str]]:
    languages = reader.row[place]
    parts, wanted = parts or PARTS[place], wanted or _WANTED[place]
    if not isinstance(languages, Mapping) or not languages:
        reader.say(f"{place} is {quoted(languages)}: it wants a map of languages, such as en")
        return {}
    return {
        str(name): _parts(reader, f"{place}.{name}", body, parts, wanted)
        for name, body in languages.items()
    }


def _parts(
    reader: RowReader, place: str, body: Any, parts: tuple[str, ...], wanted: tuple[str, ...]
) -> dict[str, str]:
    if not isinstance(body, Mapping):
        reader.say(f"{place} is {quoted(body)}: it wants a map of {', '.join(parts)}")
        return {}
    for part in wanted:
        if part not in body:
            reader.say(f"{place}.{part} is missing")
    if parts != SNIPPET_PARTS and {"html", "mjml"} <= body.keys():
        reader.say(f"{place} has both html and mjml: the HTML is made of the MJML")
    for part, text in body.items():
        if part not in parts:
            reader.say(f"{place} has no part {part}{did_you_mean(nearest(str(part), parts))}")
        elif not isinstance(text, str) or not text:
            reader.say(f"{place}.{part} is {quoted(text)}: it wants a text")
    return {str(part): text for part, text in body.items() if isinstance(text, str)}
