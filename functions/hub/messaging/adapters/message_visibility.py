"""When a message is seen again, in SQS."""

from functools import cache

from hub.kernel.queue_message import Message
from hub.platform.adapters.aws_clients import sqs, translated


class Visibility:
    """`hub.messaging.ports.Visibility`."""

    @translated()
    def hide(self, message: Message, seconds: int) -> None:
        sqs().change_message_visibility(
            QueueUrl=_url(message.queue),
            ReceiptHandle=message.receipt,
            VisibilityTimeout=seconds,
        )


@cache
def _url(arn: str) -> str:
    """A queue's address, which messages do not tell."""
    *_, account, name = arn.split(":")
    return sqs().get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
