"""XML of a workbook's parts, fed to a target in chunks, so that no part is ever in memory whole."""

from collections.abc import Callable, Iterator
from typing import IO, Protocol
from xml.parsers import expat

from hub.intake.domain.file_records.limits import FileLimits
from hub.kernel.errors import Rejected
from hub.kernel.json_body import DEEPEST_NESTING

_CHUNK = 64 * 1024


class XmlTarget(Protocol):
    """What takes the parser's calls. Names come with their prefix, as in `x:row`."""

    @property
    def start(self) -> Callable[[str, dict[str, str]], None]: ...
    @property
    def end(self) -> Callable[[str], None]: ...
    @property
    def data(self) -> Callable[[str], None]: ...


def parse_xml(stream: IO[bytes], target: XmlTarget, limits: FileLimits) -> Iterator[None]:
    """Feeds the target, and yields after each chunk.

    Raises `Rejected` for a document type, for XML that is broken, and for a tag or a comment of
    more bytes than a record may have, which the parser would keep in memory.
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = _limit_nesting(target)
    parser.CharacterDataHandler = target.data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    fed = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > limits.record:
                raise Rejected(f"has a tag of more than {limits.record} bytes")
            yield
        parser.Parse(b"", True)
    except (LookupError, ValueError, expat.ExpatError) as error:
        raise Rejected("is not a readable Excel workbook: its XML is broken") from error
    yield


def _limit_nesting(
    target: XmlTarget,
) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
    """Returns the target's `start` and `end`. The parser has no limit of its own."""
    depth = 0
    target_start, target_end = target.start, target.end

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_NESTING:
            raise Rejected(f"is nested more than {DEEPEST_NESTING} deep")
        target_start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        target_end(name)

    return start, end


def _refuse_document_type(*_: object) -> None:
    raise Rejected("has a document type or entities, which are not allowed")


def local_name(name: str) -> str:
    """Returns `row` for `x:row`."""
    return name.rpartition(":")[2]
