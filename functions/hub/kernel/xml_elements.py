"""XML as JSON objects.

An attribute is `@name`. A child element has its name; several of one name are a list. `#text` is
text beside these; an element of nothing but text is that text. An element that is nil (XML Schema)
is null. Namespace prefixes go. Entities and document types are forbidden.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from hub.kernel.errors import Rejected
from hub.kernel.json_body import DEEPEST_NESTING
from hub.kernel.json_types import Json

TEXT = "#text"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def parse_elements(name: str | Sequence[str], chunks: Iterable[bytes]) -> Iterator[list[Json]]:
    """Yields for each chunk the elements of that name that it completes, perhaps none.

    With several names each element is `{name: element}`, and one inside another is part of it.
    Raises `Rejected` if the document is broken or forbidden; the elements before that are yielded
    first.
    """
    from defusedxml import DefusedXmlException  # noqa: PLC0415 only who sends XML needs it
    from defusedxml.ElementTree import DefusedXMLParser, ParseError  # noqa: PLC0415 as above

    builder = ElementBuilder(name)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    try:
        for chunk in chunks:
            parser.feed(chunk)
            yield builder.take()
        parser.close()
    except DefusedXmlException as error:
        raise Rejected("has a document type or entities, which are not allowed") from error
    except (LookupError, ParseError, ValueError) as error:
        raise Rejected("is not a complete XML document") from error
    if not builder.has_elements:
        raise Rejected(f"has no element {name if isinstance(name, str) else ', '.join(name)}")


class ElementBuilder:
    """Builds objects from the calls of a parser. It keeps nothing outside the named elements."""

    def __init__(self, name: str | Sequence[str]) -> None:
        self.ready: deque[Json] = deque()
        self.has_elements = False
        self._named = not isinstance(name, str)
        self._names = (name,) if isinstance(name, str) else name
        self._open: list[tuple[dict[str, Json], list[str]]] = []
        self._depth = 0
        self._nil = False

    def take(self) -> list[Json]:
        """Returns the elements that are complete, and forgets them."""
        ready, self.ready = list(self.ready), deque()
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise Rejected(f"is nested more than {DEEPEST_NESTING} deep")
        if self._open or _local_name(tag) in self._names:
            self.has_elements = True
            self._nil = attributes.get(_NIL) in ("true", "1")
            self._open.append(({f"@{_local_name(k)}": v for k, v in attributes.items()}, []))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        members, texts = self._open.pop()
        value = None if self._nil else _to_value(members, texts)
        self._nil = False
        if self._open:
            _add_member(self._open[-1][0], _local_name(tag), value)
        else:
            record = value if isinstance(value, dict) else {TEXT: value}
            self.ready.append({_local_name(tag): record} if self._named else record)

    def close(self) -> None:
        """Does nothing; the parser calls it at the end."""


def _local_name(name: str) -> str:
    return name.rpartition("}")[2]


def _to_value(members: dict[str, Json], texts: list[str]) -> Json:
    text = "".join(texts).strip()
    if not members:
        return text
    return {**members, TEXT: text} if text else members


def _add_member(members: dict[str, Json], name: str, value: Json) -> None:
    if name not in members:
        members[name] = value
    elif isinstance(members[name], list):
        members[name].append(value)
    else:
        members[name] = [members[name], value]
