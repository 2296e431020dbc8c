"""XML records: the elements of one name, as `hub.kernel.xml_elements` reads them."""

from collections.abc import Iterator
from typing import IO

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.bounded_stream import BoundedStream
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.file_records.record import Record
from hub.kernel.xml_elements import parse_elements

_CHUNK = 16 * 1024


def read_xml_records(
    file: FileDefinition, stream: IO[bytes], limits: FileLimits
) -> Iterator[Record]:
    """Yields the records. Raises `Rejected` where the document is broken or forbidden, after the
    records before that."""
    bounded = BoundedStream(
        stream, limits.record, f"has more than {limits.record} bytes between two records"
    )
    for payloads in parse_elements(file.element, iter(lambda: bounded.read(_CHUNK), b"")):
        if payloads:
            share = bounded.reset() // len(payloads)
            yield from (Record(payload=payload, size=share) for payload in payloads)
