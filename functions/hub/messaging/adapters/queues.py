"""The customer queue, and the queue through which a function sends itself work for later."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.kernel.json_types import JsonObject
from hub.messaging.ports import Refusals
from hub.model.event import Event
from hub.platform.adapters.aws_batches import Chunk, send_all
from hub.platform.adapters.aws_clients import sqs, translate_errors
from hub.platform.adapters.aws_text import to_aws_name, to_json

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


class CustomerQueue:
    """`hub.messaging.ports.CustomerQueue` on SQS FIFO: the group is the customer, and SQS drops
    repeats."""

    def __init__(self, url: str) -> None:
        self._url = url

    @translate_errors()
    def send(self, events: Sequence[Event]) -> Refusals:
        return send_all(events, _to_fifo_entry, lambda chunk: _send(self._url, chunk))


class RetryQueue:
    """`hub.messaging.ports.RetryQueue` on SQS. It hides each message for `delay` seconds, because
    the cause of a failure may pass."""

    def __init__(self, url: str, delay: int = 30) -> None:
        self._url = url
        self._delay = delay

    @translate_errors()
    def send(self, bodies: Sequence[JsonObject]) -> Refusals:
        return send_all(bodies, self._to_delayed_entry, lambda chunk: _send(self._url, chunk))

    def _to_delayed_entry(
        self, index: int, body: JsonObject
    ) -> "tuple[SendMessageBatchRequestEntryTypeDef, int]":
        text = to_json(body)
        return {
            "Id": str(index),
            "MessageBody": text,
            "DelaySeconds": self._delay,
        }, len(text.encode())


def _to_fifo_entry(index: int, event: Event) -> "tuple[SendMessageBatchRequestEntryTypeDef, int]":
    text = to_json(event.to_dict())
    return {
        "Id": str(index),
        "MessageBody": text,
        "MessageGroupId": event.customer_id,
        "MessageDeduplicationId": to_aws_name(event.id),
    }, len(text.encode())


def _send(url: str, chunk: "Chunk[SendMessageBatchRequestEntryTypeDef]") -> Refusals:
    response = sqs().send_message_batch(QueueUrl=url, Entries=[entry for _, entry in chunk])
    return {int(failure["Id"]): failure["Code"] for failure in response.get("Failed", [])}
