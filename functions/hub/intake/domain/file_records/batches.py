"""Records numbered and in batches, from where an earlier reading came to."""

from collections.abc import Iterator
from itertools import islice

from hub.intake.domain.file_records.record import Record
from hub.kernel.errors import Rejected

AT_A_TIME = 100
Numbered = tuple[int, Record]


def batches(records: Iterator[Record], done: int, most: int) -> Iterator[list[Numbered]]:
    """The records behind those that are done, `AT_A_TIME`. Raises `Rejected` beyond `most`.

    Where the records break off with a `Rejected`, what came before that is handed out first.
    """
    batch: list[Numbered] = []
    try:
        for numbered in _up_to(most, islice(enumerate(records, start=1), done, None)):
            batch.append(numbered)
            if len(batch) == AT_A_TIME:
                yield batch
                batch = []
    except Rejected:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _up_to(most: int, records: Iterator[Numbered]) -> Iterator[Numbered]:
    for number, record in records:
        if number > most:
            raise Rejected(f"has more than {most} rows")
        yield number, record
