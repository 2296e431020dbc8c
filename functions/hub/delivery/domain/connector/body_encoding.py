"""Bodies of requests. Values come from customers: each kind of body makes them harmless its own
way, so that none of them can end the place it stands in."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from hub.kernel.errors import Rejected

CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "text/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(:[A-Za-z_][A-Za-z0-9_.-]*)?", re.ASCII)
# https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encode_body(kind: str, body: Any) -> bytes:
    """Raises `Rejected` for what that kind of body cannot hold."""
    try:
        match kind:
            case "json":
                return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            case "form":
                return urlencode(to_pairs(body)).encode()
            case "xml":
                return to_xml_document(body).encode()
        return to_text(body).encode()
    except UnicodeEncodeError as wrong:
        raise Rejected("holds half a character") from wrong


def to_pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A form or a query: a list is the same name again, a map is an XML document."""
    return [
        (name, to_xml_document(one) if isinstance(one, Mapping) else to_text(one))
        for name, value in values.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def to_xml_document(tree: Mapping[str, Any]) -> str:
    """The one element as an XML document, in the form of `hub.kernel.xml_elements`: attributes as
    `@name`, a list as elements of one name, `#text` beside them."""
    [(name, value)] = tree.items()
    return _HEADER + "".join(_write_element(name, value))


def _write_element(name: str, value: Any) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        raise Rejected("is no name of an XML element", name)
    for one in value if isinstance(value, list) else [value]:
        members = one if isinstance(one, Mapping) else {"#text": one}
        yield f"<{name}{''.join(_write_attributes(members))}>"
        for child, inner in members.items():
            if child == "#text":
                yield _escape_xml(inner)
            elif not child.startswith("@"):
                yield from _write_element(child, inner)
        yield f"</{name}>"


def _write_attributes(members: Mapping[str, Any]) -> Iterator[str]:
    for name, value in members.items():
        if name.startswith("@"):
            if not _NAME.fullmatch(name[1:]):
                raise Rejected("is no name of an XML attribute", name)
            yield f' {name[1:]}="{_escape_xml(value)}"'


def _escape_xml(value: Any) -> str:
    text = to_text(value)
    if _NOT_IN_XML.search(text):
        raise Rejected("holds a character that XML has no place for")
    return html.escape(text)


def to_text(value: Any) -> str:
    """A single value as text, in JSON's words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
