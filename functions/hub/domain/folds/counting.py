"""How often something happened and when it last did: two fields of a block."""

from hub.domain.customer import Block
from hub.domain.event import Event
from hub.domain.times import iso


def counted(block: Block, event: Event, count: str, last: str) -> Block:
    at = iso(event.occurred_at)
    return {**block, count: block.get(count, 0) + 1, last: max(block.get(last, at), at)}
