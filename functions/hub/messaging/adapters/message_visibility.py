"""The visibility timeout of messages in SQS."""

from functools import cache

from hub.kernel.queue_message import QueueMessage
from hub.platform.adapters.aws_clients import sqs, translate_errors


class Visibility:
    """`hub.messaging.ports.Visibility` on SQS."""

    @translate_errors()
    def hide(self, message: QueueMessage, seconds: int) -> None:
        sqs().change_message_visibility(
            QueueUrl=_find_queue_url(message.queue_arn),
            ReceiptHandle=message.receipt_handle,
            VisibilityTimeout=seconds,
        )


@cache
def _find_queue_url(arn: str) -> str:
    """Asks SQS for the URL, because a message has only the ARN of its queue."""
    *_, account, name = arn.split(":")
    return sqs().get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
