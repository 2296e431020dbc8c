"""Encodes the bodies of requests. Values come from customers, so each kind of body escapes them."""

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
    """Encodes a body of the kind `json`, `form`, `xml` or `text`.

    Raises `Rejected` for a value that this kind of body cannot hold.
    """
    try:
        match kind:
            case "json":
                return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            case "form":
                return urlencode(to_pairs(body)).encode()
            case "xml":
                return to_xml_document(body).encode()
        return to_text(body).encode()
    except UnicodeEncodeError as error:
        raise Rejected("holds half a character") from error


def to_pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the pairs of a form or a query. A list repeats its name, and a map becomes an XML
    document."""
    return [
        (name, to_xml_document(item) if isinstance(item, Mapping) else to_text(item))
        for name, value in values.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def to_xml_document(tree: Mapping[str, Any]) -> str:
    """Writes a map of one element as an XML document. `hub.kernel.xml_elements` has the form:
    attributes as `@name`, a list as elements of one name, text as `#text`."""
    [(name, value)] = tree.items()
    return _HEADER + "".join(_write_element(name, value))


def _write_element(name: str, value: Any) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        raise Rejected("is no name of an XML element", name)
    for item in value if isinstance(value, list) else [value]:
        members = item if isinstance(item, Mapping) else {"#text": item}
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
        raise Rejected("holds a character that XML does not allow")
    return html.escape(text)


def to_text(value: Any) -> str:
    """Writes a scalar as text: `true` and `false` as in JSON, None as an empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
