"""The dead letters of one stage: the message as it came, and beside it why it lies there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hub.kernel.queue_message import QueueMessage
from hub.platform.adapters.aws_clients import sqs, translate_errors
from hub.platform.adapters.aws_text import clip

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

LONGEST_ATTRIBUTE_BYTES = 1024


class DeadLetters:
    """`hub.messaging.ports.DeadLetters` on SQS; on one that is FIFO the message keeps its group."""

    def __init__(self, url: str) -> None:
        self._url = url

    @translate_errors()
    def send(self, message: QueueMessage, why: Mapping[str, str]) -> None:
        """`why` becomes the message's attributes, each cut to 1 KB; empty ones are left out."""
        ordered: dict[str, Any] = {}
        if self._url.endswith(".fifo"):
            ordered["MessageGroupId"] = message.group or message.id
            ordered["MessageDeduplicationId"] = message.id
        sqs().send_message(
            QueueUrl=self._url,
            MessageBody=message.raw,
            MessageAttributes={name: _text(value) for name, value in why.items() if value},
            **ordered,
        )


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": clip(value, LONGEST_ATTRIBUTE_BYTES)}
