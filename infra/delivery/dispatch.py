"""The outbox: what was decided goes out to channels, timers, the bus and the records."""

from aws_cdk.aws_sns import Topic
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.work_queue import DeadLetters, WorkQueue
from infra.delivery.timers import Timers
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.profile.customer_tables import CustomerState
from infra.surroundings.tables import Surroundings


class Dispatch(Construct):
    """Reads the customers' stream. What it cannot publish it lays in its own queue and goes on."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        actions: Topic,
        bus: HubBus,
        state: CustomerState,
        records: Records,
        surroundings: Surroundings,
        timers: Timers,
    ) -> None:
        super().__init__(scope, id_)
        self.timers = timers
        self.work = WorkQueue(self, "Work", ground=ground, worker="dispatch")
        self.stream_failures = DeadLetters(self, "StreamFailures", ground=ground)
        self.dispatcher = HubFunction(
            self,
            "Dispatch",
            name="dispatch",
            ground=ground,
            environment={
                "ACTIONS_TOPIC": actions.topic_arn,
                "ARCHIVE_BUCKET": records.archive.bucket_name,
                "BUS_NAME": bus.bus.event_bus_name,
                "CAPACITY_TABLE": surroundings.capacity.table_name,
                "CUSTOMER_QUEUE_URL": timers.rings.queue.queue_url,
                "DECISIONS_TABLE": records.decisions.table_name,
                "IDENTITIES_TABLE": state.identities.table_name,
                "LEDGER_TABLE": records.ledger.table_name,
                "MERGES_TABLE": state.merges.table_name,
                "RETRY_QUEUE_URL": self.work.queue.queue_url,
                **timers.environment,
                **self.work.environment,
            },
        )
        self.dispatcher.follows(state.customers, failures=self.stream_failures)
        self.dispatcher.works_off(self.work)
        timers.let_set(self.dispatcher)
        surroundings.let_claim(self.dispatcher)
        state.let_forget(self.dispatcher)
        self.dispatcher.may(
            "dynamodb:BatchWriteItem", "dynamodb:UpdateItem", on=records.decisions.table_arn
        )
        self.dispatcher.may("dynamodb:PutItem", on=records.ledger.table_arn)
        self.dispatcher.may("s3:PutObject", on=records.archive.arn_for_objects("archive/*"))
        self.dispatcher.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.dispatcher.may("sns:Publish", on=actions.topic_arn)
        queues = [self.work.queue.queue_arn, timers.rings.queue.queue_arn]
        self.dispatcher.may("sqs:SendMessage", on=queues)
