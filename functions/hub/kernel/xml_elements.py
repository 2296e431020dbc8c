"""XML as objects: attributes as `@name`, child elements by name, those of one name as a list, and
`#text` where an element has text beside these; an element of nothing but text is that text.

Namespace prefixes are dropped. An element that says it is nil (XML Schema) is null. Entities and
document types are forbidden.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hub.kernel.errors import Rejected
from hub.kernel.json_body import DEEPEST_NESTING

TEXT = "#text"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def parse_elements(name: str | Sequence[str], chunks: Iterable[bytes]) -> Iterator[list[Any]]:
    """Every element of that name, as many at a time as a chunk completes, perhaps none. Of several
    names, each is `{name: element}`, and one inside another is part of it.

    Raises `Rejected` where the document is broken or forbidden: what came before has been read by
    then.
    """
    from defusedxml import DefusedXmlException  # noqa: PLC0415 only who sends XML needs it
    from defusedxml.ElementTree import DefusedXMLParser, ParseError  # noqa: PLC0415 as above

    found = ElementBuilder(name)
    parser = DefusedXMLParser(target=found, forbid_dtd=True)
    try:
        for chunk in chunks:
            parser.feed(chunk)
            yield found.take()
        parser.close()
    except DefusedXmlException as forbidden:
        raise Rejected("has a document type or entities, which are not taken") from forbidden
    except (LookupError, ParseError, ValueError) as wrong:
        raise Rejected("is no XML document, or not all of one") from wrong
    if not found.any_found:
        raise Rejected(f"has no element {name if isinstance(name, str) else ', '.join(name)}")


class ElementBuilder:
    """What a parser tells of a document, made into objects. Holds nothing outside of records."""

    def __init__(self, name: str | Sequence[str]) -> None:
        self.ready: deque[Any] = deque()
        self.any_found = False
        self._named = not isinstance(name, str)
        self._names = (name,) if isinstance(name, str) else name
        self._open: list[tuple[dict[str, Any], list[str]]] = []
        self._depth = 0
        self._nil = False

    def take(self) -> list[Any]:
        ready, self.ready = list(self.ready), deque()
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise Rejected(f"is nested more than {DEEPEST_NESTING} deep")
        if self._open or _local(tag) in self._names:
            self.any_found = True
            self._nil = attributes.get(_NIL) in ("true", "1")
            self._open.append(({f"@{_local(k)}": v for k, v in attributes.items()}, []))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        members, texts = self._open.pop()
        value = None if self._nil else _value(members, texts)
        self._nil = False
        if self._open:
            _put(self._open[-1][0], _local(tag), value)
        else:
            record = value if isinstance(value, dict) else {TEXT: value}
            self.ready.append({_local(tag): record} if self._named else record)

    def close(self) -> None:
        """Part of what a parser asks of its target."""


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _value(members: dict[str, Any], texts: list[str]) -> Any:
    text = "".join(texts).strip()
    if not members:
        return text
    return {**members, TEXT: text} if text else members


def _put(members: dict[str, Any], name: str, value: Any) -> None:
    if name not in members:
        members[name] = value
    elif isinstance(members[name], list):
        members[name].append(value)
    else:
        members[name] = [members[name], value]
