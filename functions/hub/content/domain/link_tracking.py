"""The last touch to a rendered message: every link says which decision it comes from, and an e-mail
shows its preheader beside the subject."""

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
"""What a browser would run rather than go to, once blanks and control characters are gone."""
_BLANKS = re.compile(r"[\x00-\x20]+")
_TRAILING_PUNCTUATION = ".,;:!?)]}"
_HIDDEN_PREHEADER = (
    '<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;'
    'overflow:hidden">{}</div>'
)


def finish_message(
    parts: Mapping[str, str], reference: str, untouched_links: Collection[str] = ()
) -> dict[str, str]:
    """`spared` are links that stay as they are: those by which somebody unsubscribes."""
    done = {
        part: _tag_html_links(text, reference, untouched_links)
        if part == "html"
        else _tag_text_links(text, reference, untouched_links)
        for part, text in parts.items()
    }
    preheader = done.pop("preheader", "")
    if preheader and "html" in done:
        hidden = _HIDDEN_PREHEADER.format(escape(preheader))
        begins = _BODY.search(done["html"])
        at = begins.end() if begins else 0
        done["html"] = f"{done['html'][:at]}{hidden}{done['html'][at:]}"
    return done


def tag_link(link: str, reference: str) -> str:
    """A link that carries the reference, once, before its fragment; other schemes stay as they
    are, and so does what is no address."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return link
    kept = [
        pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] != LINK_PARAMETER
    ]
    query = "&".join([*kept, f"{LINK_PARAMETER}={quote(reference, safe='')}"])
    return urlunsplit(parts._replace(query=query))


def _tag_text_links(text: str, reference: str, untouched_links: Collection[str]) -> str:
    def tag(found: re.Match[str]) -> str:
        link = found[0].rstrip(_TRAILING_PUNCTUATION)
        rest = found[0][len(link) :]
        return (link if link in untouched_links else tag_link(link, reference)) + rest

    return _TEXT_LINK.sub(tag, text)


def _tag_html_links(text: str, reference: str, untouched_links: Collection[str]) -> str:
    def tag(found: re.Match[str]) -> str:
        link = unescape(found[2] if found[2] is not None else found[3]).strip()
        made = link if link in untouched_links else tag_link(link, reference)
        if _BLANKS.sub("", link).lower().startswith(_SCRIPT_SCHEMES):
            made = "#"
        return f'{found[1]}"{escape(made)}"'

    return _HTML_LINK.sub(tag, text)
