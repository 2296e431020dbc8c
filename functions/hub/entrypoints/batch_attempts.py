"""Running a step on a batch so that a poison message never takes its neighbours along."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.entrypoints.log_records import error_name, logger, to_log_fields, wrap_unexpected
from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import DeadLetters

Step = Callable[[Sequence[QueueMessage]], Mapping[str, HubError]]
IsFinal = Callable[[QueueMessage, HubError], bool]


def attempt(step: Step, messages: Sequence[QueueMessage], is_final: IsFinal) -> dict[str, HubError]:
    """The failures by message id.

    When the step raises, the messages are run one by one; after a failure that is not `final` the
    rest of an ordered group waits, and the caller reports it.
    """
    if not messages:
        return {}
    try:
        return _failures(step, messages)
    except Exception as error:  # noqa: BLE001 - whatever it is, the neighbours go on
        if len(messages) == 1:
            return {messages[0].id: wrap_unexpected(error)}
    return _one_by_one(step, messages, is_final)


def _one_by_one(
    step: Step, messages: Sequence[QueueMessage], final: IsFinal
) -> dict[str, HubError]:
    failures: dict[str, HubError] = {}
    waiting: set[str] = set()
    for message in messages:
        if message.group in waiting:
            continue
        failed = attempt(step, [message], final)
        failures |= failed
        if message.group and any(not final(message, error) for error in failed.values()):
            waiting.add(message.group)
    return failures


def _failures(step: Step, messages: Sequence[QueueMessage]) -> dict[str, HubError]:
    failures = dict(step(messages))
    if unknown := failures.keys() - {message.id for message in messages}:
        raise ValueError(f"the step failed messages it was not given: {len(unknown)}")
    return failures


def move_to_dead_letters(
    message: QueueMessage, error: HubError, stage: str, dead_letters: DeadLetters
) -> bool:
    """Whether the message now lies with the dead letters."""
    correlation_id = find_correlation_id(message.body)
    why = {
        "stage": stage,
        "reason": f"{getattr(error, 'field', '')} {error.reason}".strip(),
        "correlation_id": correlation_id,
        "error": error_name(error),
    }
    try:
        dead_letters.send(message, why)
    except Exception as trouble:  # noqa: BLE001 - the queue keeps what could not be buried
        said = to_log_fields(wrap_unexpected(trouble))
        logger.error("dead letter not sent", extra={"message_id": message.id, **said})
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


def find_correlation_id(body: Mapping[str, Any]) -> str:
    """Of the record itself, of the one in a bus envelope, or of an episode's first decision."""
    episode = body.get("episode")
    decisions = episode.get("decisions") if isinstance(episode, Mapping) else None
    first = decisions[0] if isinstance(decisions, list) and decisions else None
    for record in (body, body.get("detail"), first):
        if isinstance(record, Mapping) and isinstance(record.get("correlation_id"), str):
            return str(record["correlation_id"])
    return ""
