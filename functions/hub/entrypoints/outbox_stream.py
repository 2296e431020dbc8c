"""The stream of the customer table, which carries the outbox."""

from collections.abc import Callable, Mapping, Sequence

import orjson

from hub.entrypoints.batch_attempts import Step, attempt, log_failure, move_to_dead_letters
from hub.entrypoints.log_records import logger, to_log_fields, wrap_unexpected
from hub.entrypoints.sqs import BatchResponse
from hub.kernel.errors import HubError, Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import DeadLetters, RetryQueue
from hub.model.episode import RecordedEpisode

OutboxStep = Callable[[Sequence[RecordedEpisode]], Mapping[int, HubError]]


def is_from_stream(event: JsonObject) -> bool:
    """Whether the event comes from a stream and not from a queue; a function may have both."""
    return any("dynamodb" in record for record in event["Records"])


def relay(
    event: JsonObject,
    step: Step,
    *,
    stage: str,
    retry: RetryQueue,
    dead_letters: DeadLetters,
) -> BatchResponse:
    """Runs the step on the outboxes of a batch of customer writes.

    A failed record would block the stream. So a failed outbox goes whole to the retry queue, or to
    the dead letters if no retry can help. The stream repeats only an outbox that neither takes.
    """
    messages = [message for record in event["Records"] if (message := read_outbox(record))]
    failures = attempt(step, messages, _is_rejected)
    for message in messages:
        error = failures.get(message.id)
        if error is None:
            continue
        log_failure(message, error, stage, "outbox failed")
        is_dead_letter = _is_rejected(message, error) and move_to_dead_letters(
            message, error, stage, dead_letters
        )
        if not (is_dead_letter or _send_to_retry_queue(message, retry)):
            return {"batchItemFailures": [{"itemIdentifier": message.id}]}
    return {"batchItemFailures": []}


def adapt_outbox_step(step: OutboxStep) -> Step:
    """Makes a step on messages of a step on the recorded episodes that they carry."""

    def run_on_messages(messages: Sequence[QueueMessage]) -> dict[str, HubError]:
        failures: dict[str, HubError] = {}
        readable: list[tuple[QueueMessage, RecordedEpisode]] = []
        for message in messages:
            episode = _parse_episode(message)
            if isinstance(episode, Rejected):
                failures[message.id] = episode
            else:
                readable.append((message, episode))
        step_failures = step([episode for _, episode in readable]) if readable else {}
        return failures | {readable[index][0].id: error for index, error in step_failures.items()}

    return run_on_messages


def read_outbox(record: JsonObject) -> QueueMessage | None:
    """Makes a message of a write; None for a deleted customer and for a write without a decision.

    The message has no group, because any order of publishing is right.
    """
    new, old = (record["dynamodb"].get(image, {}) for image in ("NewImage", "OldImage"))
    episode = _parse_json(new.get("outbox", {}).get("S", "null"))
    if not episode or new["outbox"] == old.get("outbox"):
        return None
    before = _parse_json(old["state"]["S"]) if "state" in old else None
    body = {"customer_id": new["customer_id"]["S"], "episode": episode, "before": before}
    raw = orjson.dumps(body).decode()
    return QueueMessage(record["dynamodb"]["SequenceNumber"], body, raw=raw)


def _parse_json(text: str) -> Json:
    """Returns a text that is not JSON as it is, so that it ends as a dead letter."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _parse_episode(message: QueueMessage) -> RecordedEpisode | Rejected:
    try:
        return RecordedEpisode.from_dict(message.body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Rejected(f"is not an outbox: {type(error).__name__}", "episode")
    except Rejected as rejection:
        return Rejected(f"is not an outbox: {rejection.reason}", "episode")


def _is_rejected(_: QueueMessage, error: HubError) -> bool:
    return isinstance(error, Rejected)


def _send_to_retry_queue(message: QueueMessage, retry: RetryQueue) -> bool:
    try:
        return not retry.send([message.body])
    except Exception as send_error:  # noqa: BLE001 - the stream keeps an outbox that no queue takes
        error_fields = to_log_fields(wrap_unexpected(send_error))
        logger.error(
            "outbox not sent to retry queue", extra={"message_id": message.id, **error_fields}
        )
        return False
