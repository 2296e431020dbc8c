"""The batches of stream records that Lambda gave up on, kept whole."""

import jsii
from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_lambda import (
    DlqDestinationConfig,
    IEventSourceDlq,
    IEventSourceMapping,
    IFunction,
)
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.base.storage import create_bucket
from infra.base.work_queue import DeadLetters
from infra.deployment import Deployment

RETENTION = Duration.days(15)
"""One day longer than the letter that names the object."""


@jsii.implements(IEventSourceDlq)
class BucketDestination:
    """A bucket as the place of what Lambda gives up on. It grants nothing."""

    def __init__(self, bucket: IBucket) -> None:
        self._bucket = bucket

    def bind(
        self, _target: IEventSourceMapping, _target_handler: IFunction
    ) -> DlqDestinationConfig:
        return DlqDestinationConfig(destination=self._bucket.bucket_arn)


class FailedBatches(Construct):
    """A bucket for the batches. S3 sends a dead letter with the name of each to `letters`.

    Lambda has stored whole records of DynamoDB streams in S3 since November 2024:
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, deployment: Deployment, letters: DeadLetters
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = create_bucket(
            self, "Files", deployment=deployment, retention=RETENTION, sends_events=True
        )
        self.destination = BucketDestination(self.bucket)
        stored = Rule(
            self,
            "Stored",
            event_pattern=EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [self.bucket.bucket_name]}},
            ),
        )
        stored.add_target(SqsQueue(letters.queue, dead_letter_queue=letters.queue))
