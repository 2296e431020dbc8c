"""Dead letters on their way back, by hand: `StartMessageMoveTask` is not everywhere."""

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tools.segue.home import ToldError
from tools.segue.hub import Hub
from tools.segue.letters import Box, depth, receive

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

HIDDEN = 60


def redrive(hub: Hub, box: Box) -> int:
    """Sends back what lies there now, and deletes only what its queue took; returns how many.

    What dies again meanwhile stays for the next time.
    """
    if not box.work_url:
        raise ToldError(f"The dead letters {box.name!r} have no queue to go back to.")
    moved, standing = 0, depth(hub, box.url)
    while moved < standing and (messages := receive(hub, box, HIDDEN)):
        sent = hub.sqs.send_message_batch(
            QueueUrl=box.work_url,
            Entries=[again(i, m, fifo=box.ordered) for i, m in enumerate(messages)],
        )
        for taken in sent.get("Successful", []):
            handle = messages[int(taken["Id"])]["ReceiptHandle"]
            hub.sqs.delete_message(QueueUrl=box.url, ReceiptHandle=handle)
            moved += 1
        for refused in sent.get("Failed", []):
            raise ToldError(f"{moved} sent back, then the queue refused: {refused['Code']}.")
    return moved


def again(
    index: int, message: Mapping[str, Any], *, fifo: bool
) -> "SendMessageBatchRequestEntryTypeDef":
    """The same body and group under a new deduplication id: the old one may still be remembered.

    A timer's event never was in a group: its own is its customer's.
    """
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(index), "MessageBody": message["Body"]}
    if fifo:
        group = message.get("Attributes", {}).get("MessageGroupId")
        entry["MessageGroupId"] = group or json.loads(message["Body"])["customer_id"]
        entry["MessageDeduplicationId"] = f"redrive-{uuid.uuid4()}"
    return entry
