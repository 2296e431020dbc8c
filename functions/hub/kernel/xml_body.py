"""A request's body as XML, read as files are: entities and document types are refused."""

from collections.abc import Sequence
from typing import Any

from hub.kernel import xml_elements
from hub.kernel.errors import Rejected


def parse_elements(name: str | Sequence[str], body: bytes) -> list[Any]:
    """Every element of that name, or of those, as an object. Raises `Rejected` for what is broken
    anywhere: of a body nothing is taken, or all."""
    try:
        return [found for ready in xml_elements.parse_elements(name, [body]) for found in ready]
    except Rejected as rejection:
        raise Rejected(rejection.reason, "body") from rejection
