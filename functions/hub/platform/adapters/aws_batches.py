"""Batch calls of ten entries and 256 KB at most, as PutEvents, SendMessageBatch, PublishBatch."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from hub.kernel.errors import Rejected

MOST_ENTRIES = 10
MOST_BYTES = 256 * 1024

T = TypeVar("T")
E = TypeVar("E")
Chunk = list[tuple[int, E]]


def send_all(
    items: Sequence[T],
    wrap: Callable[[int, T], tuple[E, int]],
    send: Callable[[Chunk[E]], Mapping[int, str]],
) -> dict[int, str]:
    """Sends the items in as few calls as the limits allow; index -> reason of those refused.

    `wrap` gives an item's entry and its size in bytes, or raises `Rejected`. An entry that is over
    the limit by itself is refused unsent.
    """
    refusals: dict[int, str] = {}
    ready: list[tuple[int, E, int]] = []
    for index, item in enumerate(items):
        parcel = _wrap_entry(index, item, wrap)
        if isinstance(parcel, str):
            refusals[index] = parcel
        else:
            ready.append((index, *parcel))
    for chunk in _chunks(ready):
        refusals |= send(chunk)
    return refusals


def _wrap_entry(
    index: int, item: T, wrap: Callable[[int, T], tuple[E, int]]
) -> tuple[E, int] | str:
    try:
        entry, size = wrap(index, item)
    except Rejected as refused:
        return refused.reason
    return (entry, size) if size <= MOST_BYTES else f"is {size} bytes, the most is {MOST_BYTES}"


def _chunks(ready: Iterable[tuple[int, E, int]]) -> Iterator[Chunk[E]]:
    chunk: Chunk[E] = []
    total = 0
    for index, entry, size in ready:
        if chunk and (len(chunk) == MOST_ENTRIES or total + size > MOST_BYTES):
            yield chunk
            chunk, total = [], 0
        chunk.append((index, entry))
        total += size
    if chunk:
        yield chunk
