"""Batch calls of ten entries and 256 KB at most: PutEvents, SendMessageBatch, PublishBatch."""

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
    """Sends the items in as few calls as possible. Returns the reasons of refusals by index.

    `wrap` gives an item's entry and its size in bytes, or raises `Rejected`. An entry above the
    limit is refused without a call.
    """
    refusals: dict[int, str] = {}
    sized_entries: list[tuple[int, E, int]] = []
    for index, item in enumerate(items):
        entry_or_reason = _wrap_entry(index, item, wrap)
        if isinstance(entry_or_reason, str):
            refusals[index] = entry_or_reason
        else:
            sized_entries.append((index, *entry_or_reason))
    for chunk in _split_into_chunks(sized_entries):
        refusals |= send(chunk)
    return refusals


def _wrap_entry(
    index: int, item: T, wrap: Callable[[int, T], tuple[E, int]]
) -> tuple[E, int] | str:
    try:
        entry, size = wrap(index, item)
    except Rejected as rejection:
        return rejection.reason
    return (entry, size) if size <= MOST_BYTES else f"has {size} bytes, at most {MOST_BYTES} fit"


def _split_into_chunks(sized_entries: Iterable[tuple[int, E, int]]) -> Iterator[Chunk[E]]:
    chunk: Chunk[E] = []
    total_size = 0
    for index, entry, size in sized_entries:
        if chunk and (len(chunk) == MOST_ENTRIES or total_size + size > MOST_BYTES):
            yield chunk
            chunk, total_size = [], 0
        chunk.append((index, entry))
        total_size += size
    if chunk:
        yield chunk
