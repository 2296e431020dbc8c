"""The number of waiting messages, as SQS counts it: approximately and up to a minute late.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
"""

from collections.abc import Iterable
from typing import Final

from hub.platform.adapters.aws_clients import sqs, translate_errors

WAITING_ATTRIBUTE: Final = "ApproximateNumberOfMessages"


@translate_errors()
def count_waiting(urls: Iterable[str]) -> int:
    """Counts the messages that wait in all these queues together."""
    return sum(_count_in_queue(url) for url in urls)


def _count_in_queue(url: str) -> int:
    response = sqs().get_queue_attributes(QueueUrl=url, AttributeNames=[WAITING_ATTRIBUTE])
    return int(response["Attributes"][WAITING_ATTRIBUTE])
