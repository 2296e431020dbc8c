"""XML: each element of one name is a record, as `hub.kernel.xml_elements` reads it."""

from collections.abc import Iterator
from typing import IO

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.bounded_stream import BoundedStream
from hub.intake.domain.file_records.record import LONGEST_RECORD, Record
from hub.kernel.xml_elements import parse_elements

_AT_A_TIME = 16 * 1024


def read_xml_records(file: FileDefinition, stream: IO[bytes]) -> Iterator[Record]:
    """Raises `Rejected` where the document is broken or forbidden: what came before has been read
    by then."""
    metered = BoundedStream(
        stream, LONGEST_RECORD, f"has more than {LONGEST_RECORD} bytes between two records"
    )
    for ready in parse_elements(file.element, iter(lambda: metered.read(_AT_A_TIME), b"")):
        if ready:
            metered.reset()
        yield from (Record(payload=payload) for payload in ready)
