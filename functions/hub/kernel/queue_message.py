"""One message of a queue, as a step reads it."""

from dataclasses import dataclass, field

from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """`receive_count` counts the receives so far, this one included; `group` is its FIFO group.

    `raw` is the text of the body as it arrived, which a dead letter must keep. `queue_arn` names
    the queue, and `receipt_handle` is SQS's name of this receive.
    """

    id: str
    body: JsonObject
    receive_count: int = 1
    group: str = ""
    raw: str = field(default="", repr=False, compare=False)
    queue_arn: str = field(default="", repr=False, compare=False)
    receipt_handle: str = field(default="", repr=False, compare=False)
