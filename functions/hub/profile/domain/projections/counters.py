"""Counts events in two fields of a block: how often, and when last."""

from hub.kernel.times import to_iso
from hub.model.customer import Block
from hub.model.event import Event


def count_event(block: Block, event: Event, count: str, last: str) -> Block:
    at = to_iso(event.occurred_at)
    return {**block, count: block.get(count, 0) + 1, last: max(block.get(last, at), at)}
