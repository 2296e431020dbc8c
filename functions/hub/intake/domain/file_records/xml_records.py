"""XML: each element of one name is a record, as `hub.kernel.xml_elements` reads it."""

from collections.abc import Iterator
from typing import IO

from hub.intake.domain.file_definition import FileFormat
from hub.intake.domain.file_records.bounded_stream import Metered
from hub.intake.domain.file_records.record import LONGEST, Record
from hub.kernel.xml_elements import elements

_AT_A_TIME = 16 * 1024


def xml_records(file: FileFormat, stream: IO[bytes]) -> Iterator[Record]:
    """Raises `Rejected` where the document is broken or forbidden: what came before has been read
    by then."""
    metered = Metered(stream, LONGEST, f"has more than {LONGEST} bytes between two records")
    for ready in elements(file.element, iter(lambda: metered.read(_AT_A_TIME), b"")):
        if ready:
            metered.reset()
        yield from (Record(payload=payload) for payload in ready)
