"""Records numbered and in batches, from where an earlier reading came to."""

from collections.abc import Iterator
from itertools import islice

from hub.intake.domain.file_records.record import Record
from hub.kernel.errors import Rejected

BATCH_SIZE = 100
NumberedRecord = tuple[int, Record]


def split_batches(
    records: Iterator[Record], done: int, most: int
) -> Iterator[list[NumberedRecord]]:
    """The records behind those that are done, `AT_A_TIME`. Raises `Rejected` beyond `most`.

    Where the records break off with a `Rejected`, what came before that is handed out first.
    """
    batch: list[NumberedRecord] = []
    try:
        for numbered in _limit_count(most, islice(enumerate(records, start=1), done, None)):
            batch.append(numbered)
            if len(batch) == BATCH_SIZE:
                yield batch
                batch = []
    except Rejected:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _limit_count(most: int, records: Iterator[NumberedRecord]) -> Iterator[NumberedRecord]:
    for number, record in records:
        if number > most:
            raise Rejected(f"has more than {most} rows")
        yield number, record
