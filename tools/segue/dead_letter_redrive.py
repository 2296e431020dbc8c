"""Redriving dead letters by hand, because not every emulator has `StartMessageMoveTask`."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from tools.segue.dead_letters import DeadLetterQueue, count_messages, receive_messages
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

HIDDEN_SECONDS = 60


def redrive(hub: Hub, box: DeadLetterQueue) -> int:
    """Send the dead letters back and return how many.

    A letter is deleted once its queue has accepted it. Letters that fail again meanwhile stay.
    """
    if not box.return_url:
        raise UserError(f"The dead letters {box.name!r} have no queue to go back to.")
    moved, standing = 0, count_messages(hub, box.url)
    while moved < standing and (messages := receive_messages(hub, box, HIDDEN_SECONDS)):
        for message in messages:
            sent = build_message(message, fifo=box.is_fifo)
            hub.sqs.send_message(QueueUrl=box.return_url, **sent)
            hub.sqs.delete_message(QueueUrl=box.url, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def build_message(message: Mapping[str, Any], *, fifo: bool) -> dict[str, Any]:
    """Return the same body and group with a new deduplication id.

    SQS may still remember the old id. The event of a timer has no group yet: it gets the one of its
    customer. Letters are sent one by one, because ten large ones do not fit into one call.
    """
    if not fifo:
        return {"MessageBody": message["Body"]}
    group = message.get("Attributes", {}).get("MessageGroupId")
    return {
        "MessageBody": message["Body"],
        "MessageGroupId": group or json.loads(message["Body"])["customer_id"],
        "MessageDeduplicationId": f"redrive-{uuid.uuid4()}",
    }
