"""When a message is seen again, in SQS."""

from functools import cache

from hub.kernel.queue_message import QueueMessage
from hub.platform.adapters.aws_clients import sqs, translate_errors


class Visibility:
    """`hub.messaging.ports.Visibility`."""

    @translate_errors()
    def hide(self, message: QueueMessage, seconds: int) -> None:
        sqs().change_message_visibility(
            QueueUrl=_url(message.queue_arn),
            ReceiptHandle=message.receipt_handle,
            VisibilityTimeout=seconds,
        )


@cache
def _url(arn: str) -> str:
    """A queue's address, which messages do not tell."""
    *_, account, name = arn.split(":")
    return sqs().get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
