"""Batches of a queue: partial-batch answers, dead letters, order within a group.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.entrypoints.batch_attempts import Step, attempt, bury, note
from hub.entrypoints.settings import QueueSettings
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import Message
from hub.messaging.adapters.dead_letter_queue import DeadLetters as SqsDeadLetters
from hub.messaging.ports import DeadLetters

Answer = dict[str, list[dict[str, str]]]
Postpone = Callable[[Message, HubError], None]


def consume(
    event: Mapping[str, Any],
    step: Step,
    *,
    settings: QueueSettings,
    stage: str,
    dead_letters: Callable[[str], DeadLetters] = SqsDeadLetters,
    postpone: Postpone | None = None,
) -> Answer:
    """Runs the step on the batch and answers which messages SQS must hand out again.

    What is rejected, and what fails at its last receive, goes to the dead letters, the way to which
    `dead_letters` makes of their URL. `postpone` says when what failed is handed out again; without
    it that is as the queue has it. In an ordered group everything after a message that is handed
    out again is handed out again too.
    """

    def final(message: Message, error: HubError) -> bool:
        return isinstance(error, Rejected) or message.receives >= settings.max_receives

    grave = dead_letters(settings.dead_letters_url)
    messages, failures = _read_all(event["Records"])
    readable = [message for message in messages if message.id not in failures]
    failures |= attempt(step, readable, final)
    again: list[str] = []
    waiting: set[str] = set()
    for message in messages:
        error = failures.get(message.id)
        if message.group in waiting:
            again.append(message.id)
        elif error and final(message, error) and bury(message, error, stage, grave):
            note(message, error, stage, "message dead-lettered")
        elif error:
            note(message, error, stage, "message failed")
            if postpone:
                postpone(message, error)
            again.append(message.id)
            waiting |= {message.group} - {""}
    return {"batchItemFailures": [{"itemIdentifier": name} for name in again]}


def _read_all(
    records: Sequence[Mapping[str, Any]],
) -> tuple[list[Message], dict[str, HubError]]:
    messages: list[Message] = []
    failures: dict[str, HubError] = {}
    for record in records:
        body = parsed(record["body"])
        attributes = record.get("attributes", {})
        message = Message(
            id=record["messageId"],
            body=body or {},
            receives=int(attributes.get("ApproximateReceiveCount", 1)),
            group=attributes.get("MessageGroupId", ""),
            raw=record["body"],
            queue=record.get("eventSourceARN", ""),
            receipt=record.get("receiptHandle", ""),
        )
        messages.append(message)
        if body is None:
            failures[message.id] = Rejected("is not a JSON object")
    return messages, failures


def parsed(text: str) -> dict[str, Any] | None:
    """A JSON object, or None for anything else."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
