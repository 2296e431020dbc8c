"""XML: each element of one name is a record, as `hub.domain.xml_elements` reads it."""

from collections.abc import Iterator
from typing import IO

from hub.domain.file_format import FileFormat
from hub.domain.records.metered import Metered
from hub.domain.records.record import LONGEST, Record
from hub.domain.xml_elements import elements

_AT_A_TIME = 16 * 1024


def xml_records(file: FileFormat, stream: IO[bytes]) -> Iterator[Record]:
    """Raises `Rejected` where the document is broken or forbidden: what came before has been read
    by then."""
    metered = Metered(stream, LONGEST, f"has more than {LONGEST} bytes between two records")
    for ready in elements(file.element, iter(lambda: metered.read(_AT_A_TIME), b"")):
        if ready:
            metered.reset()
        yield from (Record(payload=payload) for payload in ready)
