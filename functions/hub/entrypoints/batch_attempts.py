"""Attempts to run a step on a batch, so that a poison message never stops the other messages."""

from collections.abc import Callable, Mapping, Sequence

from hub.entrypoints.log_records import error_name, logger, to_log_fields, wrap_unexpected
from hub.kernel.errors import HubError
from hub.kernel.json_types import JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import DeadLetters

Step = Callable[[Sequence[QueueMessage]], Mapping[str, HubError]]
IsFinal = Callable[[QueueMessage, HubError], bool]


def attempt(step: Step, messages: Sequence[QueueMessage], is_final: IsFinal) -> dict[str, HubError]:
    """Returns the failures by message id.

    If the step raises, it runs again on one message at a time. After a failure that is not final
    the rest of an ordered group does not run; the caller must return these messages to the queue.
    """
    if not messages:
        return {}
    try:
        return _run_step(step, messages)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other messages go on
        if len(messages) == 1:
            return {messages[0].id: wrap_unexpected(error)}
    return _attempt_one_by_one(step, messages, is_final)


def _attempt_one_by_one(
    step: Step, messages: Sequence[QueueMessage], is_final: IsFinal
) -> dict[str, HubError]:
    failures: dict[str, HubError] = {}
    waiting_groups: set[str] = set()
    for message in messages:
        if message.group in waiting_groups:
            continue
        new_failures = attempt(step, [message], is_final)
        failures |= new_failures
        if message.group and any(not is_final(message, error) for error in new_failures.values()):
            waiting_groups.add(message.group)
    return failures


def _run_step(step: Step, messages: Sequence[QueueMessage]) -> dict[str, HubError]:
    failures = dict(step(messages))
    if unknown := failures.keys() - {message.id for message in messages}:
        raise ValueError(f"the step reports failures of {len(unknown)} messages of another batch")
    return failures


def move_to_dead_letters(
    message: QueueMessage, error: HubError, stage: str, dead_letters: DeadLetters
) -> bool:
    """Sends the message to the dead letters. Returns whether that succeeded."""
    attributes = {
        "stage": stage,
        "reason": f"{getattr(error, 'field', '')} {error.reason}".strip(),
        "correlation_id": find_correlation_id(message.body),
        "error": error_name(error),
    }
    try:
        dead_letters.send(message, attributes)
    except Exception as send_error:  # noqa: BLE001 - the queue keeps a message that cannot be sent
        error_fields = to_log_fields(wrap_unexpected(send_error))
        logger.error("dead letter not sent", extra={"message_id": message.id, **error_fields})
        return False
    return True


def log_failure(message: QueueMessage, error: HubError, stage: str, text: str) -> None:
    logger.warning(
        text,
        extra={
            "stage": stage,
            "message_id": message.id,
            "receives": message.receive_count,
            "correlation_id": find_correlation_id(message.body),
            **to_log_fields(error),
        },
    )


def find_correlation_id(body: JsonObject) -> str:
    """Finds the id in a record, a bus envelope or an episode's first decision; else it is empty."""
    episode = body.get("episode")
    decisions = episode.get("decisions") if isinstance(episode, Mapping) else None
    decision = decisions[0] if isinstance(decisions, list) and decisions else None
    for record in (body, body.get("detail"), decision):
        if isinstance(record, Mapping) and isinstance(record.get("correlation_id"), str):
            return str(record["correlation_id"])
    return ""
