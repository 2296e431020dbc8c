"""Batches of a queue: partial-batch answers, dead letters, order within a group.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.entrypoints.batch_attempts import Step, attempt, log_failure, move_to_dead_letters
from hub.entrypoints.settings import QueueSettings
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.messaging.adapters.dead_letter_queue import DeadLetters as SqsDeadLetters
from hub.messaging.ports import DeadLetters

BatchResponse = dict[str, list[dict[str, str]]]
DelayRetry = Callable[[QueueMessage, HubError], None]


def consume(
    event: Mapping[str, Any],
    step: Step,
    *,
    settings: QueueSettings,
    stage: str,
    dead_letters: Callable[[str], DeadLetters] = SqsDeadLetters,
    delay_retry: DelayRetry | None = None,
) -> BatchResponse:
    """Runs the step on the batch and answers which messages SQS must hand out again.

    What is rejected, and what fails at its last receive, goes to the dead letters, the way to which
    `dead_letters` makes of their URL. `postpone` says when what failed is handed out again; without
    it that is as the queue has it. In an ordered group everything after a message that is handed
    out again is handed out again too.
    """

    def final(message: QueueMessage, error: HubError) -> bool:
        return isinstance(error, Rejected) or message.receive_count >= settings.max_receives

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
        elif error and final(message, error) and move_to_dead_letters(message, error, stage, grave):
            log_failure(message, error, stage, "message dead-lettered")
        elif error:
            log_failure(message, error, stage, "message failed")
            if delay_retry:
                delay_retry(message, error)
            again.append(message.id)
            waiting |= {message.group} - {""}
    return {"batchItemFailures": [{"itemIdentifier": name} for name in again]}


def _read_all(
    records: Sequence[Mapping[str, Any]],
) -> tuple[list[QueueMessage], dict[str, HubError]]:
    messages: list[QueueMessage] = []
    failures: dict[str, HubError] = {}
    for record in records:
        body = parse_object(record["body"])
        attributes = record.get("attributes", {})
        message = QueueMessage(
            id=record["messageId"],
            body=body or {},
            receive_count=int(attributes.get("ApproximateReceiveCount", 1)),
            group=attributes.get("MessageGroupId", ""),
            raw=record["body"],
            queue_arn=record.get("eventSourceARN", ""),
            receipt_handle=record.get("receiptHandle", ""),
        )
        messages.append(message)
        if body is None:
            failures[message.id] = Rejected("is not a JSON object")
    return messages, failures


def parse_object(text: str) -> dict[str, Any] | None:
    """A JSON object, or None for anything else."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
