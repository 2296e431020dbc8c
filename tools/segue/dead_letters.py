"""Dead letters, and why they failed.

Every work queue has a queue of dead letters. The stack's outputs name the pairs.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tools.segue import stream_batches
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BATCH = 10
LOOK_SECONDS = 5
READ_SECONDS = 60
DEAD, WORK, RETURN = "DeadLettersUrl", "QueueUrl", "ReturnUrl"
STREAM_STAGE = "stream"
NO_REASON = "received too often without a result: see the function's log"


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """A queue of dead letters, its work queue, and where redriven letters go.

    That is the work queue, and for timers the queue that they send to. An empty text means none.
    """

    name: str
    url: str
    work_url: str
    return_url: str

    @property
    def is_fifo(self) -> bool:
        return self.return_url.endswith(".fifo")

    @property
    def is_of_stream(self) -> bool:
        """Whether its letters are batches of stream records."""
        return self.name.endswith("-stream")


def list_queues(outputs: Mapping[str, str]) -> list[DeadLetterQueue]:
    names = sorted(name.removesuffix(DEAD) for name in outputs if name.endswith(DEAD))
    return [
        DeadLetterQueue(
            name=to_queue_name(name),
            url=outputs[f"{name}{DEAD}"],
            work_url=outputs.get(f"{name}{WORK}", ""),
            return_url=outputs.get(f"{name}{RETURN}") or outputs.get(f"{name}{WORK}", ""),
        )
        for name in names
    ]


def to_queue_name(title: str) -> str:
    """Return `customer-stream` for `CustomerStream`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", title).lower()


def find_queue(hub: Hub, name: str) -> DeadLetterQueue:
    """Find a queue by its name. Raises `UserError` with the existing names."""
    queues = {queue.name: queue for queue in list_queues(hub.outputs)}
    if name.lower() not in queues:
        raise UserError(f"There are no dead letters {name!r}; there are {', '.join(queues)}.")
    return queues[name.lower()]


def count_messages(hub: Hub, url: str) -> int:
    """Return how many messages a queue holds, also hidden and delayed ones. SQS approximates."""
    names = ("", "NotVisible", "Delayed")
    attributes = hub.sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[f"ApproximateNumberOfMessages{name}" for name in names],  # type: ignore[misc]  # names put together
    )["Attributes"]
    return sum(int(count) for count in attributes.values())


def read_letters(hub: Hub, box: DeadLetterQueue, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` letters, visible again at once. SQS shows ten of a FIFO group."""
    messages = _look_at(hub, box, limit, LOOK_SECONDS)
    if box.is_of_stream:
        return [describe_stream_letter(hub, message) for message in messages]
    return [describe_letter(message) for message in messages]


def read_bodies(hub: Hub, box: DeadLetterQueue, limit: int) -> list[str]:
    """Return the bodies of up to `limit` letters, visible again at once.

    The body of a letter of a stream is its batch, as JSON with the stream's `records`.
    """
    bodies = [message["Body"] for message in _look_at(hub, box, limit, READ_SECONDS)]
    if not box.is_of_stream:
        return bodies
    batches = [stream_batches.read_batch(hub, body) for body in bodies]
    return [json.dumps({"records": batch.records if batch else []}) for batch in batches]


def _look_at(hub: Hub, box: DeadLetterQueue, limit: int, hidden: int) -> "list[MessageTypeDef]":
    seen: dict[str, MessageTypeDef] = {}
    while len(seen) < limit:
        new = [m for m in receive_messages(hub, box, hidden) if m["MessageId"] not in seen]
        if not new:
            break
        seen |= {message["MessageId"]: message for message in new}
    for message in seen.values():
        hub.sqs.change_message_visibility(
            QueueUrl=box.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    return list(seen.values())[:limit]


def find_oldest(hub: Hub, box: DeadLetterQueue) -> str:
    """Return when the oldest of the first letters came, ISO 8601; empty if none is visible."""
    times = [letter["sent"] for letter in read_letters(hub, box, BATCH)]
    return datetime.fromtimestamp(min(times) / 1000, UTC).isoformat("T", "seconds") if times else ""


def receive_messages(hub: Hub, box: DeadLetterQueue, hidden: int) -> "list[MessageTypeDef]":
    answer = hub.sqs.receive_message(
        QueueUrl=box.url,
        MaxNumberOfMessages=BATCH,
        VisibilityTimeout=hidden,
        WaitTimeSeconds=1,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return answer.get("Messages", [])


def describe_letter(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of a letter: its attributes, else what its body says."""
    attributes = {
        n: str(v.get("StringValue")) for n, v in message.get("MessageAttributes", {}).items()
    }
    system: Mapping[str, str] = message.get("Attributes", {})
    return {
        "id": message["MessageId"],
        "sent": int(system.get("SentTimestamp", 0)),
        "stage": attributes.get("stage", attributes.get("RULE_ARN", "")),
        "reason": attributes.get("reason", attributes.get("ERROR_MESSAGE", NO_REASON)),
        "error": attributes.get("error", attributes.get("ERROR_CODE", "")),
        "correlation_id": attributes.get("correlation_id") or find_correlation_id(message["Body"]),
        "group": system.get("MessageGroupId", ""),
        "body": message["Body"],
    }


def describe_stream_letter(hub: Hub, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same of a batch of a stream, in words, and the `keys` of the items written."""
    letter = {**describe_letter(message), "stage": STREAM_STAGE, "keys": []}
    batch = stream_batches.read_batch(hub, message["Body"])
    if batch is None:
        return {**letter, "reason": stream_batches.GONE}
    correlation_ids = (find_correlation_id(outbox.raw) for outbox in batch.list_outboxes())
    return {
        **letter,
        "reason": batch.describe(),
        "error": batch.error,
        "correlation_id": next(filter(None, correlation_ids), ""),
        "keys": batch.keys,
        "body": json.dumps({"records": batch.records}) if batch.records else message["Body"],
    }


def find_correlation_id(body: str) -> str:
    try:
        record = json.loads(body)
    except ValueError:
        return ""
    inside = record if isinstance(record, dict) else {}
    episode = inside.get("episode")
    decisions = (isinstance(episode, dict) and episode.get("decisions")) or [None]
    for place in (record, inside.get("detail"), decisions[0]):
        if isinstance(place, dict) and isinstance(place.get("correlation_id"), str):
            return str(place["correlation_id"])
    return ""


def count_letters(hub: Hub) -> Iterator[tuple[DeadLetterQueue, int]]:
    for queue in list_queues(hub.outputs):
        yield queue, count_messages(hub, queue.url)
