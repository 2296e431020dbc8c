"""Dead letters: what was given up on, and why.

Every work queue has one queue of dead letters behind it; the stack's outputs name the pairs.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tools.segue.hub import Hub
from tools.segue.local_home import UserError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BATCH = 10
LOOK_SECONDS = 5
DEAD, WORK, RETURN = "DeadLettersUrl", "QueueUrl", "ReturnUrl"
NO_REASON = "taken up too often without an answer: see the function's log"


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """A queue of dead letters, the work queue it stands behind, and where redriven ones go: that
    queue, and for timers the one they ring in. Empty where there is none."""

    name: str
    url: str
    work_url: str
    return_url: str

    @property
    def is_fifo(self) -> bool:
        return self.return_url.endswith(".fifo")


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
    """`customer-stream` for `CustomerStream`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", title).lower()


def find_queue(hub: Hub, name: str) -> DeadLetterQueue:
    """Raises `UserError`, naming the boxes there are."""
    found = {box.name: box for box in list_queues(hub.outputs)}
    if name.lower() not in found:
        raise UserError(f"There are no dead letters {name!r}; there are {', '.join(found)}.")
    return found[name.lower()]


def count_messages(hub: Hub, url: str) -> int:
    """All that is in a queue, also what is in hand or delayed; SQS counts approximately."""
    names = ("", "NotVisible", "Delayed")
    said = hub.sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[f"ApproximateNumberOfMessages{name}" for name in names],  # type: ignore[misc]  # names put together
    )["Attributes"]
    return sum(int(count) for count in said.values())


def read_letters(hub: Hub, box: DeadLetterQueue, limit: int) -> list[dict[str, Any]]:
    """Up to `limit` letters, given back at once. Of one FIFO group SQS shows ten at most."""
    seen: dict[str, MessageTypeDef] = {}
    while len(seen) < limit:
        new = [m for m in receive_messages(hub, box, LOOK_SECONDS) if m["MessageId"] not in seen]
        if not new:
            break
        seen |= {message["MessageId"]: message for message in new}
    for message in seen.values():
        hub.sqs.change_message_visibility(
            QueueUrl=box.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    return [describe_letter(message) for message in list(seen.values())[:limit]]


def find_oldest(hub: Hub, box: DeadLetterQueue) -> str:
    """When the oldest of the first letters came, ISO 8601; empty when none can be seen now."""
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
    """What a letter says of itself: written by the function, else as much as its body tells."""
    said = {n: str(v.get("StringValue")) for n, v in message.get("MessageAttributes", {}).items()}
    system: Mapping[str, str] = message.get("Attributes", {})
    return {
        "id": message["MessageId"],
        "sent": int(system.get("SentTimestamp", 0)),
        "stage": said.get("stage", said.get("RULE_ARN", "")),
        "reason": said.get("reason", said.get("ERROR_MESSAGE", NO_REASON)),
        "error": said.get("error", said.get("ERROR_CODE", "")),
        "correlation_id": said.get("correlation_id") or find_correlation_id(message["Body"]),
        "group": system.get("MessageGroupId", ""),
        "body": message["Body"],
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
    for found in list_queues(hub.outputs):
        yield found, count_messages(hub, found.url)
