"""DynamoDB streams: the outbox of the customer table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.entrypoints.batch_attempts import Step, attempt, bury, note
from hub.entrypoints.log_records import facts, logger, named
from hub.entrypoints.sqs import Answer
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import Message
from hub.messaging.ports import DeadLetters, RetryQueue
from hub.model.episode import Recorded

OutboxStep = Callable[[Sequence[Recorded]], Mapping[int, HubError]]


def from_stream(event: Mapping[str, Any]) -> bool:
    """Whether a stream called, and not a queue: a function may have one of each."""
    return any("dynamodb" in record for record in event["Records"])


def relay(
    event: Mapping[str, Any],
    step: Step,
    *,
    stage: str,
    retry: RetryQueue,
    dead_letters: DeadLetters,
) -> Answer:
    """Runs the step on the outboxes of a batch of customer writes.

    A stream waits for whoever fails, so what fails is parked whole in the retry queue, or with the
    dead letters where no retry helps. Only what cannot even be parked is handed out again.
    """
    messages = [message for record in event["Records"] if (message := _outbox(record))]
    failures = attempt(step, messages, _rejected)
    for message in messages:
        error = failures.get(message.id)
        if error is None:
            continue
        note(message, error, stage, "outbox failed")
        hopeless = _rejected(message, error) and bury(message, error, stage, dead_letters)
        if not (hopeless or _parked(message, retry)):
            return {"batchItemFailures": [{"itemIdentifier": message.id}]}
    return {"batchItemFailures": []}


def of_outboxes(step: OutboxStep) -> Step:
    """A step on recorded episodes as a step on the messages that carry them."""

    def on_messages(messages: Sequence[Message]) -> dict[str, HubError]:
        read = [(message, _recorded(message)) for message in messages]
        failures = {m.id: found for m, found in read if isinstance(found, Rejected)}
        ready = [(m, found) for m, found in read if not isinstance(found, Rejected)]
        failed = step([found for _, found in ready]) if ready else {}
        return failures | {ready[index][0].id: error for index, error in failed.items()}

    return on_messages


def _outbox(record: Mapping[str, Any]) -> Message | None:
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
    return Message(record["dynamodb"]["SequenceNumber"], body, raw=raw)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _recorded(message: Message) -> Recorded | Rejected:
    try:
        return Recorded.from_dict(message.body)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        return Rejected(f"is not an outbox: {type(wrong).__name__}", "episode")
    except Rejected as rejection:
        return Rejected(f"is not an outbox: {rejection.reason}", "episode")


def _rejected(_: Message, error: HubError) -> bool:
    return isinstance(error, Rejected)


def _parked(message: Message, retry: RetryQueue) -> bool:
    try:
        return not retry.send([message.body])
    except Exception as trouble:  # noqa: BLE001 - the stream keeps what could not be parked
        said = facts(named(trouble))
        logger.error("outbox not parked", extra={"message_id": message.id, **said})
        return False
