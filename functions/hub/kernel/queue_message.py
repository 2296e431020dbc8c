"""One message of a queue, as a step reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """`receives` counts the deliveries so far, this one included; `group` is its FIFO group.

    `raw` is the body's text as it came, which is what a dead letter must keep; `queue` (an ARN) and
    `receipt` are where it came from and what this delivery of it is called there.
    """

    id: str
    body: Mapping[str, Any]
    receive_count: int = 1
    group: str = ""
    raw: str = field(default="", repr=False, compare=False)
    queue_arn: str = field(default="", repr=False, compare=False)
    receipt_handle: str = field(default="", repr=False, compare=False)
