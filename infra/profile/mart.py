"""The CRM's mart, stored apart from the profile."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import HubBus, QueueRule
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_table
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment


class Mart(Construct):
    """The latest version of each row.

    Decisions never read it: a row reaches the customer as an event.
    """

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment, bus: HubBus) -> None:
        super().__init__(scope, id_)
        self.rows = create_table(self, "Rows", deployment=deployment, key="customer_key")
        self.work = WorkQueue(
            self,
            "Work",
            deployment=deployment,
            function="keep_mart",
            batch=100,
            batching_window=Duration.seconds(1),
        )
        QueueRule(
            self,
            "Loaded",
            bus=bus.bus,
            pattern=EventPattern(source=[bus_records.EVENT], detail_type=["mart.loaded"]),
            to=self.work,
        )
        self.loader = HubFunction(
            self,
            "KeepMart",
            name="keep_mart",
            deployment=deployment,
            environment={"MART_TABLE": self.rows.table_name, **self.work.environment},
        )
        self.loader.consume(self.work)
        self.loader.allow("dynamodb:PutItem", on=self.rows.table_arn)
