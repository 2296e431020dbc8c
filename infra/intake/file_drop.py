"""The bucket that files are dropped in."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from constructs import Construct

from infra.base.event_bus import Delivery, HubBus
from infra.base.lambda_function import HubFunction
from infra.base.storage import bucket
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground

OUR_OWN = [".manifest.json", ".quarantine.jsonl", ".reconciliation.json"]
"""How the names end of what the hub itself puts beside a file."""


class FileDoor(Construct):
    """A bucket: every file dropped into it becomes events, a row each.

    It goes on only as fast as `events` and `customers` are worked off, so that live events need not
    wait for its end. A file that takes longer than a function may is handed on through its own
    queue. That is a loop by design, which Lambda would otherwise cut after sixteen rounds:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        bus: HubBus,
        events: WorkQueue,
        customers: WorkQueue,
    ) -> None:
        super().__init__(scope, id_)
        self.files = bucket(self, "Files", ground=ground, keep=Duration.days(90), announces=True)
        self.work = WorkQueue(self, "Work", ground=ground, worker="receive_file", batch=1)
        Delivery(
            self,
            "Dropped",
            pattern=EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self.files.bucket_name]},
                    "object": {"key": [{"anything-but": {"suffix": OUR_OWN}}]},
                },
            ),
            to=self.work,
        )
        self.receiver = HubFunction(
            self,
            "ReceiveFile",
            name="receive_file",
            ground=ground,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "FILES_BUCKET": self.files.bucket_name,
                "RETRY_QUEUE_URL": self.work.queue.queue_url,
                "EVENTS_QUEUE_URL": events.queue.queue_url,
                "CUSTOMER_QUEUE_URL": customers.queue.queue_url,
                **self.work.environment,
            },
        )
        self.receiver.works_off(self.work)
        self.receiver.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.receiver.may(
            "s3:AbortMultipartUpload",
            "s3:GetObject",
            "s3:PutObject",
            on=self.files.arn_for_objects("*"),
        )
        self.receiver.may("sqs:SendMessage", on=self.work.queue.queue_arn)
        for ahead in (events, customers):
            self.receiver.may("sqs:GetQueueAttributes", on=ahead.queue.queue_arn)
        self.receiver.may_call_itself()
        # Without it, asking for a file that is gone is answered 403 instead of 404.
        self.receiver.may("s3:ListBucket", on=self.files.bucket_arn)
