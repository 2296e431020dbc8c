"""Redriving dead letters by hand, because not every emulator has `StartMessageMoveTask`.

Letters of streams go back in ways of their own. An outbox of the customers' stream goes to the
queue of `dispatch`. For lost edits of rows the publisher runs once more: it reads all rows.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from tools.segue import stream_batches
from tools.segue.dead_letters import DeadLetterQueue, count_messages, receive_messages
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

HIDDEN_SECONDS = 60
CUSTOMER_STREAM, CATALOGUE_STREAM = "customer-stream", "catalogue-stream"
PUBLISHER = "GuardCatalogueFunctionName"


def redrive(hub: Hub, box: DeadLetterQueue) -> int:
    """Send the dead letters back and return how many.

    A letter is deleted once its queue has accepted it. Letters that fail again meanwhile stay, and
    so does a letter of the customers' stream that says only where its records were.
    """
    if not (box.return_url or box.name == CATALOGUE_STREAM):
        raise UserError(f"The dead letters {box.name!r} have no queue to go back to.")
    handled, moved, standing = 0, 0, count_messages(hub, box.url)
    if standing and box.name == CATALOGUE_STREAM:
        run_publisher(hub)
    while handled < standing and (messages := receive_messages(hub, box, HIDDEN_SECONDS)):
        for message in messages:
            handled += 1
            if send_back(hub, box, message):
                hub.sqs.delete_message(QueueUrl=box.url, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
    return moved


def send_back(hub: Hub, box: DeadLetterQueue, message: Mapping[str, Any]) -> bool:
    """Send what a letter holds to where it belongs. Return whether the letter may be deleted."""
    if box.name == CATALOGUE_STREAM:
        return True
    if box.name == CUSTOMER_STREAM:
        return send_outboxes(hub, box, message["Body"])
    sent = build_message(message, fifo=box.is_fifo)
    hub.sqs.send_message(QueueUrl=box.return_url, **sent)
    return True


def send_outboxes(hub: Hub, box: DeadLetterQueue, body: str) -> bool:
    """Send each outbox of a batch to `dispatch`, then delete the stored batch.

    The letter of a batch that is gone may be deleted: somebody sent it back, or it is too old. A
    letter that says only where the records were stays, for somebody to read.
    """
    batch = stream_batches.read_batch(hub, body)
    if batch is None:
        return stream_batches.find_stored_object(body) is not None
    for outbox in batch.list_outboxes():
        hub.sqs.send_message(QueueUrl=box.return_url, MessageBody=outbox.raw)
    if batch.place:
        hub.s3.delete_object(Bucket=batch.place.bucket, Key=batch.place.key)
    return batch.place is not None


def run_publisher(hub: Hub) -> None:
    """Let the publisher read all rows now. Raises `UserError` if it fails."""
    answer = hub.functions.invoke(FunctionName=hub.output(PUBLISHER), Payload=b"{}")
    if "FunctionError" in answer:
        raise UserError("The publisher failed: its log says why. The dead letters stay.")


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
