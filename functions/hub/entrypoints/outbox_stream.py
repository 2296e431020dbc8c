"""DynamoDB streams: the outbox of the customer table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.entrypoints.batch_attempts import Step, attempt, log_failure, move_to_dead_letters
from hub.entrypoints.log_records import logger, to_log_fields, wrap_unexpected
from hub.entrypoints.sqs import BatchResponse
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import DeadLetters, RetryQueue
from hub.model.episode import RecordedEpisode

OutboxStep = Callable[[Sequence[RecordedEpisode]], Mapping[int, HubError]]


def is_from_stream(event: Mapping[str, Any]) -> bool:
    """Whether a stream called, and not a queue: a function may have one of each."""
    return any("dynamodb" in record for record in event["Records"])


def relay(
    event: Mapping[str, Any],
    step: Step,
    *,
    stage: str,
    retry: RetryQueue,
    dead_letters: DeadLetters,
) -> BatchResponse:
    """Runs the step on the outboxes of a batch of customer writes.

    A stream waits for whoever fails, so what fails is parked whole in the retry queue, or with the
    dead letters where no retry helps. Only what cannot even be parked is handed out again.
    """
    messages = [message for record in event["Records"] if (message := _outbox(record))]
    failures = attempt(step, messages, _is_rejected)
    for message in messages:
        error = failures.get(message.id)
        if error is None:
            continue
        log_failure(message, error, stage, "outbox failed")
        hopeless = _is_rejected(message, error) and move_to_dead_letters(
            message, error, stage, dead_letters
        )
        if not (hopeless or _send_to_retry_queue(message, retry)):
            return {"batchItemFailures": [{"itemIdentifier": message.id}]}
    return {"batchItemFailures": []}


def adapt_outbox_step(step: OutboxStep) -> Step:
    """A step on recorded episodes as a step on the messages that carry them."""

    def on_messages(messages: Sequence[QueueMessage]) -> dict[str, HubError]:
        read = [(message, _parse_recorded(message)) for message in messages]
        failures = {m.id: found for m, found in read if isinstance(found, Rejected)}
        ready = [(m, found) for m, found in read if not isinstance(found, Rejected)]
        failed = step([found for _, found in ready]) if ready else {}
        return failures | {ready[index][0].id: error for index, error in failed.items()}

    return on_messages


def _outbox(record: Mapping[str, Any]) -> QueueMessage | None:
    """None for a deleted customer and for a write that decided nothing anew.

    No group: what an outbox holds may be published in any order.
    """
    new, old = (record["dynamodb"].get(image, {}) for image in ("NewImage", "OldImage"))
    episode = _json(new.get("outbox", {}).get("S", "null"))
    if not episode or new["outbox"] == old.get("outbox"):
        return None
    before = _json(old["state"]["S"]) if "state" in old else None
    body = {"customer_id": new["customer_id"]["S"], "episode": episode, "before": before}
    raw = orjson.dumps(body).decode()
    return QueueMessage(record["dynamodb"]["SequenceNumber"], body, raw=raw)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _parse_recorded(message: QueueMessage) -> RecordedEpisode | Rejected:
    try:
        return RecordedEpisode.from_dict(message.body)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        return Rejected(f"is not an outbox: {type(wrong).__name__}", "episode")
    except Rejected as rejection:
        return Rejected(f"is not an outbox: {rejection.reason}", "episode")


def _is_rejected(_: QueueMessage, error: HubError) -> bool:
    return isinstance(error, Rejected)


def _send_to_retry_queue(message: QueueMessage, retry: RetryQueue) -> bool:
    try:
        return not retry.send([message.body])
    except Exception as trouble:  # noqa: BLE001 - the stream keeps what could not be parked
        said = to_log_fields(wrap_unexpected(trouble))
        logger.error("outbox not parked", extra={"message_id": message.id, **said})
        return False
