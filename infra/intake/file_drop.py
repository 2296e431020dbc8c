"""Files as sources: the bucket into which they are dropped."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from constructs import Construct

from infra.base.event_bus import HubBus, QueueRule
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_bucket
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment

OWN_SUFFIXES = [".manifest.json", ".quarantine.jsonl", ".reconciliation.json"]
"""The endings of the names of files that the hub itself writes beside a source file."""


class FileDrop(Construct):
    """The bucket, and the function that turns every row of a dropped file into an event.

    The function reads only as fast as `events` and `customers` are consumed, so that live events do
    not wait for the end of a file. A file that takes longer than one call continues through the
    function's own queue. Lambda would stop this loop after sixteen rounds, so it is allowed:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        bus: HubBus,
        events: WorkQueue,
        customers: WorkQueue,
    ) -> None:
        super().__init__(scope, id_)
        self.files = create_bucket(
            self, "Files", deployment=deployment, retention=Duration.days(90), sends_events=True
        )
        self.work = WorkQueue(self, "Work", deployment=deployment, function="receive_file", batch=1)
        QueueRule(
            self,
            "Dropped",
            pattern=EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self.files.bucket_name]},
                    "object": {"key": [{"anything-but": {"suffix": OWN_SUFFIXES}}]},
                },
            ),
            to=self.work,
        )
        self.receiver = HubFunction(
            self,
            "ReceiveFile",
            name="receive_file",
            deployment=deployment,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "FILES_BUCKET": self.files.bucket_name,
                "RETRY_QUEUE_URL": self.work.queue.queue_url,
                "EVENTS_QUEUE_URL": events.queue.queue_url,
                "CUSTOMER_QUEUE_URL": customers.queue.queue_url,
                **self.work.environment,
            },
        )
        self.receiver.consume(self.work)
        self.receiver.allow("events:PutEvents", on=bus.bus.event_bus_arn)
        self.receiver.allow(
            "s3:AbortMultipartUpload",
            "s3:GetObject",
            "s3:PutObject",
            on=self.files.arn_for_objects("*"),
        )
        self.receiver.allow("sqs:SendMessage", on=self.work.queue.queue_arn)
        for ahead in (events, customers):
            self.receiver.allow("sqs:GetQueueAttributes", on=ahead.queue.queue_arn)
        self.receiver.allow_recursion()
        # Without it S3 answers 403 instead of 404 for a file that is gone.
        self.receiver.allow("s3:ListBucket", on=self.files.bucket_arn)
