"""Batches of numbered records, from the end of an earlier reading on."""

from collections.abc import Iterator
from itertools import islice

from hub.intake.domain.file_records.limits import LIMITS
from hub.intake.domain.file_records.record import Record
from hub.kernel.errors import Rejected

BATCH_SIZE = 100
NumberedRecord = tuple[int, Record]


def split_batches(
    records: Iterator[Record], done: int, most: int, largest: int = LIMITS.batch
) -> Iterator[list[NumberedRecord]]:
    """Yields the records behind the first `done`, up to `BATCH_SIZE` at a time, and fewer if these
    have `largest` bytes.

    Raises `Rejected` beyond `most` records. If the records end in a `Rejected`, it yields the ones
    before that first.
    """
    batch: list[NumberedRecord] = []
    size = 0
    try:
        for numbered in _limit_count(most, islice(enumerate(records, start=1), done, None)):
            batch.append(numbered)
            size += len(numbered[1].text) + numbered[1].size
            if len(batch) == BATCH_SIZE or size >= largest:
                yield batch
                batch, size = [], 0
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
