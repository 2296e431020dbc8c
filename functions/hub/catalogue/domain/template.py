"""Templates: the content of a message, by channel and language."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hub.catalogue.domain.language_bodies import (
    DEFAULT_LANGUAGE,
    PARTS_BY_CHANNEL,
    Languages,
    has_language,
    read_channel_bodies,
)
from hub.catalogue.domain.row_reader import Row, RowReader
from hub.catalogue.domain.shared_content import (
    EMPTY_BRAND,
    NO_SHARED_CONTENT,
    Brand,
    SharedContent,
    Snippet,
    TemplateKind,
    brand_from_row,
    read_kind,
    read_shared_content,
    refuse_attributes,
    snippet_from_row,
)
from hub.kernel.errors import Rejected, explain_fault
from hub.kernel.language_tag import choose_language
from hub.model.channels import PURPOSES

DEFAULT_BRAND = "brand"

Bodies = Mapping[str, Languages]


class LocalizedTemplate(NamedTuple):
    """What the renderer needs for one message in one language.

    `body` is part -> Liquid text. `snippets` is the same for each snippet, by its name.
    """

    language: str
    body: Mapping[str, str]
    snippets: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Template:
    """`bodies` is channel -> language -> part -> Liquid text. `purpose` is the purpose for which
    the customer must have given consent."""

    template_id: str
    purpose: str
    bodies: Bodies
    default_language: str
    brand: Brand = field(default_factory=dict)
    snippets: Mapping[str, Snippet] = field(default_factory=dict)

    def find_body(self, channel: str, language: str) -> Mapping[str, str]:
        """Returns part -> Liquid text, in the language that `choose_language` gives.

        Raises `Rejected` if the template has no body on this channel.
        """
        return self.localize(channel, language).body

    def localize(self, channel: str, language: str) -> LocalizedTemplate:
        """Returns body and snippets on this channel. The snippets are in the body's language.

        Raises `Rejected` if the template has no body on this channel.
        """
        languages = self.bodies.get(channel)
        if not languages:
            raise Rejected(f"template {self.template_id} has no {channel} body")
        chosen = choose_language(languages, language, self.default_language)
        snippets = {name: snippet.find_parts(chosen) for name, snippet in self.snippets.items()}
        return LocalizedTemplate(chosen, languages[chosen], snippets)

    def add_compiled_html(self, html: Mapping[str, str]) -> "Template":
        """Returns the template with HTML in place of its MJML; `html` is by language."""
        if not html:
            return self
        email = {
            language: _replace_mjml(body, html[language]) if language in html else body
            for language, body in self.bodies["email"].items()
        }
        return replace(self, bodies={**self.bodies, "email": email})


def _replace_mjml(body: Mapping[str, str], html: str) -> dict[str, str]:
    return {**{part: text for part, text in body.items() if part != "mjml"}, "html": html}


def read_templates(
    rows: Mapping[str, Row], html: Mapping[str, Mapping[str, str]], unreadable: dict[str, str]
) -> dict[str, Template]:
    """Reads the templates of a published catalogue, by id.

    `html` is the HTML that the publisher made of their MJML, by id and language. A row that cannot
    be read is left out, and `unreadable` gets the reason under `templates/<key>`.
    """
    shared, templates = read_shared_content(rows, unreadable), dict[str, Template]()
    for key, row in rows.items():
        if read_kind(row) == TemplateKind.TEMPLATE:
            try:
                templates[key] = template_from_row(row, shared).add_compiled_html(html.get(key, {}))
            except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
                unreadable[f"templates/{key}"] = explain_fault(error)
    return templates


def read_template_row(row: Row) -> Template | Snippet | Brand:
    """Reads a row of any kind. Raises `InvalidRow` with all problems of the row."""
    reader = RowReader(row)
    kind = reader.read_one_of("kind", [*TemplateKind], TemplateKind.TEMPLATE)
    reader.raise_if_invalid()
    if kind == TemplateKind.SNIPPET:
        return snippet_from_row(row)
    return brand_from_row(row) if kind == TemplateKind.BRAND else template_from_row(row)


def template_from_row(row: Row, shared: SharedContent = NO_SHARED_CONTENT) -> Template:
    """Reads a template. Raises `InvalidRow` with all problems of the row."""
    reader = RowReader(row)
    brand = reader.read_text("brand") or DEFAULT_BRAND
    template = Template(
        template_id=reader.read_key("template_id"),
        purpose=reader.read_one_of("purpose", PURPOSES),
        bodies={
            channel: read_channel_bodies(reader, channel)
            for channel in PARTS_BY_CHANNEL
            if channel in row
        },
        default_language=reader.read_text("default_language") or DEFAULT_LANGUAGE,
        brand=shared.brands.get(brand, EMPTY_BRAND),
        snippets=shared.snippets,
    )
    if not template.bodies:
        reader.add_problem(f"{' or '.join(PARTS_BY_CHANNEL)} is missing: a template needs a body")
    for channel, languages in template.bodies.items():
        if languages and not has_language(languages, template.default_language):
            reader.add_problem(
                f"{channel} has no body in the default language {template.default_language}"
            )
    refuse_attributes(reader, "body", "values", kind="a template")
    reader.raise_if_invalid()
    return template


def read_brand_name(row: Row) -> str:
    """Returns the brand that a template names, empty if it names none."""
    brand = row.get("brand")
    return brand.strip() if isinstance(brand, str) else ""
