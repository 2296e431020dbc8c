"""The bodies of templates and snippets: language -> part -> Liquid text."""

from collections.abc import Mapping
from typing import Any

from hub.catalogue.domain.row_reader import RowReader
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.language_tag import same_language
from hub.model.channels import CHANNELS

PARTS_BY_CHANNEL: Mapping[str, tuple[str, ...]] = {
    name: tuple(part.name for part in channel.parts) for name, channel in CHANNELS.items()
}
_REQUIRED_PARTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(part.name for part in channel.parts if part.required)
    for name, channel in CHANNELS.items()
}
SNIPPET_PARTS = ("text", "html", "mjml")
_REQUIRED_SNIPPET_PARTS = ("text",)
DEFAULT_LANGUAGE = "en"

Languages = Mapping[str, Mapping[str, str]]


def has_language(languages: Languages, wanted: str) -> bool:
    """Whether there is a body in that language, whichever way the tags are written."""
    return any(same_language(language, wanted) for language in languages)


def read_channel_bodies(reader: RowReader, channel: str) -> dict[str, dict[str, str]]:
    """Reads the bodies of a template on one channel. Adds all problems to the reader."""
    return _read_languages(reader, channel, PARTS_BY_CHANNEL[channel], _REQUIRED_PARTS[channel])


def read_snippet_bodies(reader: RowReader) -> dict[str, dict[str, str]]:
    """Reads the attribute `body` of a snippet. Adds all problems to the reader."""
    return _read_languages(reader, "body", SNIPPET_PARTS, _REQUIRED_SNIPPET_PARTS)


def _read_languages(
    reader: RowReader, attribute: str, parts: tuple[str, ...], required: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    languages = reader.row[attribute]
    if not isinstance(languages, Mapping) or not languages:
        reader.add_problem(
            f"{attribute} is {quote_value(languages)}: it must be a map of languages, such as en"
        )
        return {}
    names = [str(name) for name in languages]
    for at, name in enumerate(names):
        if twin := next((other for other in names[:at] if same_language(other, name)), ""):
            reader.add_problem(f"{attribute} has two bodies of one language: {twin} and {name}")
    return {
        str(name): _read_parts(reader, f"{attribute}.{name}", body, parts, required)
        for name, body in languages.items()
    }


def _read_parts(
    reader: RowReader, place: str, body: Any, parts: tuple[str, ...], required: tuple[str, ...]
) -> dict[str, str]:
    if not isinstance(body, Mapping):
        reader.add_problem(
            f"{place} is {quote_value(body)}: it must be a map of {', '.join(parts)}"
        )
        return {}
    for part in required:
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
