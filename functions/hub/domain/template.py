"""A template: what is said, per channel and language, and for which purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.domain.errors import Rejected
from hub.domain.nearest import did_you_mean, nearest, quoted
from hub.domain.rows import Row, RowReader

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
PURPOSES = ("marketing", "service")

Bodies = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Template:
    """`bodies` is channel -> language -> part -> Liquid text; `purpose` is what the customer has to
    have consented to."""

    template_id: str
    purpose: str
    bodies: Bodies
    default_language: str

    def body(self, channel: str, language: str) -> Mapping[str, str]:
        """In the language, else in its base (`de` for `de-AT`), else in the default language.
        Raises `Rejected` if it says nothing in this channel."""
        languages = self.bodies.get(channel, {})
        for choice in (language, language.partition("-")[0], self.default_language):
            if choice in languages:
                return languages[choice]
        raise Rejected(f"template {self.template_id} has no {channel} body")


def template_from_row(row: Row) -> Template:
    """Raises `RowRefused` with all problems of the row."""
    reader = RowReader(row)
    template = Template(
        template_id=reader.key("template_id"),
        purpose=reader.one_of("purpose", PURPOSES),
        bodies={channel: _languages(reader, channel) for channel in PARTS if channel in row},
        default_language=reader.text("default_language") or "en",
    )
    if not template.bodies:
        reader.say(f"{' or '.join(PARTS)} is missing: a template needs a body")
    for channel, languages in template.bodies.items():
        if languages and template.default_language not in languages:
            reader.say(f"{channel} has no body in the default language {template.default_language}")
    reader.finish()
    return template


def _languages(reader: RowReader, channel: str) -> dict[str, dict[str, str]]:
    languages = reader.row[channel]
    if not isinstance(languages, Mapping) or not languages:
        reader.say(f"{channel} is {quoted(languages)}: it wants a map of languages, such as en")
        return {}
    return {str(name): _parts(reader, channel, name, body) for name, body in languages.items()}


def _parts(reader: RowReader, channel: str, language: Any, body: Any) -> dict[str, str]:
    place = f"{channel}.{language}"
    if not isinstance(body, Mapping):
        reader.say(f"{place} is {quoted(body)}: it wants a map of {', '.join(PARTS[channel])}")
        return {}
    for part in _WANTED[channel]:
        if part not in body:
            reader.say(f"{place}.{part} is missing")
    for part, text in body.items():
        if part not in PARTS[channel]:
            reader.say(f"{place} has no part {part}{did_you_mean(nearest(part, PARTS[channel]))}")
        elif not isinstance(text, str) or not text:
            reader.say(f"{place}.{part} is {quoted(text)}: it wants a text")
    return {str(part): text for part, text in body.items() if isinstance(text, str)}
