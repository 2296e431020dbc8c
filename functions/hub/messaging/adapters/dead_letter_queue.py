"""The dead-letter queue of one stage: each message as it arrived, with its reason."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.kernel.queue_message import QueueMessage
from hub.platform.adapters.aws_clients import sqs, translate_errors
from hub.platform.adapters.aws_text import clip

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, SendMessageRequestTypeDef

LONGEST_ATTRIBUTE_BYTES = 1024


class DeadLetters:
    """`hub.messaging.ports.DeadLetters` on SQS; in a FIFO queue the message keeps its group."""

    def __init__(self, url: str) -> None:
        self._url = url

    @translate_errors()
    def send(self, message: QueueMessage, attributes: Mapping[str, str]) -> None:
        """Sends the message with the attributes that are not empty, each cut to 1 KB."""
        request: SendMessageRequestTypeDef = {
            "QueueUrl": self._url,
            "MessageBody": message.raw,
            "MessageAttributes": {
                name: _to_attribute(value) for name, value in attributes.items() if value
            },
        }
        if self._url.endswith(".fifo"):
            request["MessageGroupId"] = message.group or message.id
            request["MessageDeduplicationId"] = message.id
        sqs().send_message(**request)


def _to_attribute(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": clip(value, LONGEST_ATTRIBUTE_BYTES)}
