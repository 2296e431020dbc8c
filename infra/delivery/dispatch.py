"""The outbox: `dispatch` sends decisions to channels, timers, the bus and the archive."""

from aws_cdk.aws_sns import Topic
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.failed_batches import FailedBatches
from infra.base.lambda_function import HubFunction
from infra.base.work_queue import DeadLetters, WorkQueue
from infra.delivery.timers import Timers
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.profile.customer_tables import CustomerTables
from infra.surroundings.tables import Surroundings


class Dispatch(Construct):
    """Reads the customers' stream. A queue holds what has to be published again."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        actions: Topic,
        bus: HubBus,
        customer_tables: CustomerTables,
        records: DecisionRecords,
        surroundings: Surroundings,
        timers: Timers,
    ) -> None:
        super().__init__(scope, id_)
        self.timers = timers
        self.work = WorkQueue(self, "Work", deployment=deployment, function="dispatch")
        self.stream_failures = DeadLetters(self, "StreamFailures", deployment=deployment)
        self.failed_batches = FailedBatches(
            self, "FailedBatches", deployment=deployment, letters=self.stream_failures
        )
        self.dispatcher = HubFunction(
            self,
            "Dispatch",
            name="dispatch",
            deployment=deployment,
            environment={
                "ACTIONS_TOPIC": actions.topic_arn,
                "ARCHIVE_BUCKET": records.archive.bucket_name,
                "BUS_NAME": bus.bus.event_bus_name,
                "CAPACITY_TABLE": surroundings.capacity.table_name,
                "CUSTOMER_QUEUE_URL": timers.queue.queue.queue_url,
                "DECISIONS_TABLE": records.decisions.table_name,
                "IDENTITIES_TABLE": customer_tables.identities.table_name,
                "LEDGER_TABLE": records.ledger.table_name,
                "MERGES_TABLE": customer_tables.merges.table_name,
                "RETRY_QUEUE_URL": self.work.queue.queue_url,
                **timers.environment,
                **self.work.environment,
            },
        )
        self.dispatcher.follow_stream(
            customer_tables.customers,
            failures=self.stream_failures,
            whole_in=self.failed_batches,
        )
        self.dispatcher.consume(self.work)
        timers.grant_setting(self.dispatcher)
        surroundings.grant_claiming(self.dispatcher)
        customer_tables.grant_erasing(self.dispatcher)
        self.dispatcher.allow(
            "dynamodb:BatchWriteItem", "dynamodb:UpdateItem", on=records.decisions.table_arn
        )
        self.dispatcher.allow("dynamodb:PutItem", on=records.ledger.table_arn)
        self.dispatcher.allow("s3:PutObject", on=records.archive.arn_for_objects("archive/*"))
        self.dispatcher.allow("events:PutEvents", on=bus.bus.event_bus_arn)
        self.dispatcher.allow("sns:Publish", on=actions.topic_arn)
        queues = [self.work.queue.queue_arn, timers.queue.queue.queue_arn]
        self.dispatcher.allow("sqs:SendMessage", on=queues)
