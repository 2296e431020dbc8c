"""Finishes a rendered message: links get the reference of their decision, and an e-mail gets its
preheader."""

import re
from collections.abc import Collection, Mapping
from html import escape, unescape
from urllib.parse import quote, urlsplit, urlunsplit

LINK_PARAMETER = "segue_ref"
_TEXT_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_HTML_LINK = re.compile(
    r"""(<(?:a|area|v:\w+)\b(?:[^<>"']|"[^"]*"|'[^']*')*?\shref\s*=\s*)(?:"([^"]*)"|'([^']*)')""",
    re.IGNORECASE,
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_SCRIPT_SCHEMES = ("javascript:", "vbscript:", "data:")
"""The schemes that a browser runs, after blanks and control characters are removed."""
_BLANKS = re.compile(r"[\x00-\x20]+")
_TRAILING_PUNCTUATION = ".,;:!?)]}"
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
        at = body_tag.end() if body_tag else 0
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
    parameters = [
        pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] != LINK_PARAMETER
    ]
    query = "&".join([*parameters, f"{LINK_PARAMETER}={quote(reference, safe='')}"])
    return urlunsplit(parts._replace(query=query))


def _tag_text_links(text: str, reference: str, untouched_links: Collection[str]) -> str:
    def tag(match: re.Match[str]) -> str:
        link = match[0].rstrip(_TRAILING_PUNCTUATION)
        rest = match[0][len(link) :]
        return (link if link in untouched_links else tag_link(link, reference)) + rest

    return _TEXT_LINK.sub(tag, text)


def _tag_html_links(text: str, reference: str, untouched_links: Collection[str]) -> str:
    def tag(match: re.Match[str]) -> str:
        link = unescape(match[2] if match[2] is not None else match[3]).strip()
        target = link if link in untouched_links else tag_link(link, reference)
        if _BLANKS.sub("", link).lower().startswith(_SCRIPT_SCHEMES):
            target = "#"
        return f'{match[1]}"{escape(target)}"'

    return _HTML_LINK.sub(tag, text)
