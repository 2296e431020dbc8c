"""Batches of a queue: partial-batch responses, dead letters, order within a group.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from collections.abc import Callable, Sequence

import orjson

from hub.entrypoints.batch_attempts import Step, attempt, log_failure, move_to_dead_letters
from hub.entrypoints.settings import QueueSettings
from hub.kernel.errors import HubError, Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.messaging.adapters.dead_letter_queue import DeadLetters as SqsDeadLetters
from hub.messaging.ports import DeadLetters

BatchResponse = dict[str, list[dict[str, str]]]
DelayRetry = Callable[[QueueMessage, HubError], None]


def consume(
    event: JsonObject,
    step: Step,
    *,
    settings: QueueSettings,
    stage: str,
    dead_letters: Callable[[str], DeadLetters] = SqsDeadLetters,
    delay_retry: DelayRetry | None = None,
) -> BatchResponse:
    """Runs the step on the batch. Returns the messages that SQS must deliver again.

    A rejected message goes to the dead letters, and so does a message that fails at its last
    receive; `dead_letters` makes the port to the queue of that URL. `delay_retry` delays the next
    receive of any other failed message; without it the queue's visibility timeout applies. In an
    ordered group the messages after a failed one come again too.
    """

    def is_final(message: QueueMessage, error: HubError) -> bool:
        return isinstance(error, Rejected) or message.receive_count >= settings.max_receives

    dead_letter_queue = dead_letters(settings.dead_letters_url)
    messages, failures = _parse_records(event["Records"])
    readable = [message for message in messages if message.id not in failures]
    failures |= attempt(step, readable, is_final)
    retry_ids: list[str] = []
    waiting_groups: set[str] = set()
    for message in messages:
        error = failures.get(message.id)
        if message.group in waiting_groups:
            retry_ids.append(message.id)
        elif (
            error
            and is_final(message, error)
            and move_to_dead_letters(message, error, stage, dead_letter_queue)
        ):
            log_failure(message, error, stage, "message dead-lettered")
        elif error:
            log_failure(message, error, stage, "message failed")
            if delay_retry:
                delay_retry(message, error)
            retry_ids.append(message.id)
            waiting_groups |= {message.group} - {""}
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in retry_ids]}


def _parse_records(
    records: Sequence[JsonObject],
) -> tuple[list[QueueMessage], dict[str, HubError]]:
    """Returns all messages, and the failures of those whose body is not a JSON object."""
    messages: list[QueueMessage] = []
    failures: dict[str, HubError] = {}
    for record in records:
        body = _parse_object(record["body"])
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


def _parse_object(text: str) -> dict[str, Json] | None:
    """Returns a JSON object; None for any other text."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
