"""Finishes a rendered message: links get the reference of their decision, and an e-mail gets its
preheader.

A link leads where its author wrote: nothing but the reference is added to it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from html import escape, unescape
from html.entities import html5
from typing import NamedTuple
from urllib.parse import quote, urlsplit

LINK_PARAMETER = "segue_ref"
_TEXT_LINK = re.compile(r"https?://[\w.~%:@\[\]-]+(?:[/?#][^\s<>\"\\^`{|}]*)?", re.IGNORECASE)
"""A URI of RFC 3986, with letters of all languages. Its end is found by `_find_link_end`."""
_DISPUTED_END = tuple("\\^`{|}")
_TRAILING_PUNCTUATION = ".,;:!?'"
_BRACKETS = {")": "(", "]": "["}
_LINKING_TAG = re.compile(r"<(?:a|area|v:\w+)(?=[\s/])", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?P<name>[^\s/>][^\s/>=]*)"""
    r"""(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>"'][^\s>]*)))?"""
)
"""https://html.spec.whatwg.org/multipage/parsing.html#before-attribute-name-state"""
_REFERENCE = re.compile(r"&(?:#(?:[0-9]+|[xX][0-9a-fA-F]+);?|(?P<name>[a-zA-Z][a-zA-Z0-9]*;?))")
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_SCRIPT_SCHEMES = ("javascript:", "vbscript:", "data:")
"""The schemes that a browser runs, after blanks and control characters are removed."""
_BLANKS = re.compile(r"[\x00-\x20]+")
_HIDDEN_PREHEADER = (
    '<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;'
    'overflow:hidden">{}</div>'
)


def finish_message(
    parts: Mapping[str, str], reference: str, untouched_links: Collection[str] = ()
) -> dict[str, str]:
    """Tags the links of all parts and puts the preheader into the HTML.

    `untouched_links`, such as the unsubscribe link, stay as they are."""
    finished = {
        part: _tag_html_links(text, reference, untouched_links)
        if part == "html"
        else _tag_text_links(text, reference, untouched_links)
        for part, text in parts.items()
    }
    preheader = finished.pop("preheader", "")
    if preheader and "html" in finished:
        hidden = _HIDDEN_PREHEADER.format(escape(preheader))
        body_tag = _BODY.search(finished["html"])
        at = finished["html"].find(">", body_tag.end()) + 1 if body_tag else 0
        finished["html"] = f"{finished['html'][:at]}{hidden}{finished['html'][at:]}"
    return finished


def tag_link(link: str, reference: str) -> str:
    """Adds the reference to a link, once, before its fragment. Links of other schemes and texts
    that are no address stay as they are."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return link
    address, hash_, fragment = link.partition("#")
    path, mark, query = address.partition("?")
    parameter = f"{LINK_PARAMETER}={quote(reference, safe='')}"
    others = [pair for pair in query.split("&") if pair.partition("=")[0] != LINK_PARAMETER]
    query = "&".join([*others, parameter] if mark and others != [""] else [parameter])
    return f"{path}?{query}{hash_}{fragment}"


def _tag_text_links(text: str, reference: str, untouched_links: Collection[str]) -> str:
    def tag(match: re.Match[str]) -> str:
        end = _find_link_end(match[0])
        link, rest = match[0][:end], match[0][end:]
        if not rest and text.startswith(_DISPUTED_END, match.end()):
            return match[0]
        return (link if link in untouched_links else tag_link(link, reference)) + rest

    return _TEXT_LINK.sub(tag, text)


def _find_link_end(text: str) -> int:
    """Finds where a link ends in a text that begins with it.

    Punctuation at the end belongs to the sentence, and so does a bracket that the link did not
    open. Punctuation of other alphabets, such as a typographic quote, ends the link.
    """
    end = next((at for at, char in enumerate(text) if _is_foreign_punctuation(char)), len(text))
    counts = Counter(text[:end])
    while end:
        last = text[end - 1]
        opening = _BRACKETS.get(last)
        is_unopened = opening and counts[last] > counts[opening]
        if last not in _TRAILING_PUNCTUATION and not is_unopened:
            break
        counts[last] -= 1
        end -= 1
    return end


def _is_foreign_punctuation(char: str) -> bool:
    return not char.isascii() and unicodedata.category(char)[0] in "PZC"


def _tag_html_links(html: str, reference: str, untouched_links: Collection[str]) -> str:
    pieces, done, read = list[str](), 0, 0
    for tag in _LINKING_TAG.finditer(html):
        if tag.start() < read:
            continue
        href, read = _find_href(html, tag.end())
        if href is not None:
            target = _choose_target(href.link, reference, untouched_links)
            pieces += [html[done : href.start], f'"{escape(target)}"']
            done = href.end
    return "".join([*pieces, html[done:]])


def _choose_target(link: str, reference: str, untouched_links: Collection[str]) -> str:
    if _BLANKS.sub("", link).lower().startswith(_SCRIPT_SCHEMES):
        return "#"
    return link if link in untouched_links else tag_link(link, reference)


class _Href(NamedTuple):
    """A link in HTML, and where its value stands, with the quotes."""

    link: str
    start: int
    end: int


def _find_href(html: str, at: int) -> tuple[_Href | None, int]:
    """Finds the link of the tag whose attributes start there, and where reading stopped: what
    begins before is no tag. Browsers take the first `href`."""
    while attribute := _ATTRIBUTE.match(html, at):
        at = attribute.end()
        if attribute["name"].lower() == "href":
            kind, quotes = attribute.lastgroup or "name", 0 if attribute["bare"] else 1
            if kind == "name":
                return None, at
            link = unescape_attribute(attribute[kind]).strip()
            end = attribute.end(kind) + quotes
            return _Href(link, attribute.start(kind) - quotes, end), end
    return None, at


def unescape_attribute(value: str) -> str:
    """Replaces the character references of an attribute, as HTML has it.

    A name without a semicolon stays a text before `=` or an alphanumeric character, so that
    `&region=eu` is no `®ion=eu`.
    https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state
    """

    def replace(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return unescape(match[0])
        is_text = not name.endswith(";") and value.startswith("=", match.end())
        return match[0] if is_text else html5.get(name, match[0])

    return _REFERENCE.sub(replace, value)
