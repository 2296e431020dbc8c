"""A request's body as XML, without entities and document types."""

from collections.abc import Sequence

from hub.kernel import xml_elements
from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json


def parse_xml(name: str | Sequence[str], body: bytes) -> list[Json]:
    """Returns every element of that name, or of those names, as an object.

    Raises `Rejected` if any part of the body is broken: the hub takes a body whole or not at all.
    """
    try:
        return [element for batch in xml_elements.parse_elements(name, [body]) for element in batch]
    except Rejected as rejection:
        raise Rejected(rejection.reason, "body") from rejection
