"""Dead letters on their way back, by hand: `StartMessageMoveTask` is not everywhere."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from tools.segue.dead_letters import DeadLetterQueue, count_messages, receive_messages
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

HIDDEN_SECONDS = 60


def redrive(hub: Hub, box: DeadLetterQueue) -> int:
    """Sends back what lies there now, and deletes only what its queue took; returns how many.

    What dies again meanwhile stays for the next time.
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
    """The same body and group under a new deduplication id: the old one may still be remembered.

    A timer's event never was in a group: its own is its customer's. One call a letter, because ten
    of the largest do not fit into one.
    """
    if not fifo:
        return {"MessageBody": message["Body"]}
    group = message.get("Attributes", {}).get("MessageGroupId")
    return {
        "MessageBody": message["Body"],
        "MessageGroupId": group or json.loads(message["Body"])["customer_id"],
        "MessageDeduplicationId": f"redrive-{uuid.uuid4()}",
    }
