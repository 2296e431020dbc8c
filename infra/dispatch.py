"""The outbox: what was decided goes out to channels, timers, the bus and the records."""

from aws_cdk.aws_sns import Topic
from constructs import Construct

from infra.bus import HubBus
from infra.customer_state import CustomerState, Records
from infra.ground import Ground
from infra.hub_function import HubFunction
from infra.queues import DeadLetters, WorkQueue
from infra.timers import Timers


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
                "BUS_NAME": bus.bus.event_bus_name,
                "DECISIONS_TABLE": records.decisions.table_name,
                "RETRY_QUEUE_URL": self.work.queue.queue_url,
                **timers.environment,
                **self.work.environment,
            },
        )
        self.dispatcher.follows(state.customers, failures=self.stream_failures)
        self.dispatcher.works_off(self.work)
        timers.let_set(self.dispatcher)
        self.dispatcher.may("dynamodb:BatchWriteItem", on=records.decisions.table_arn)
        self.dispatcher.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.dispatcher.may("sns:Publish", on=actions.topic_arn)
        self.dispatcher.may("sqs:SendMessage", on=self.work.queue.queue_arn)
