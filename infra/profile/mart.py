"""The CRM's mart, kept apart from what is seen live."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import Delivery, HubBus
from infra.base.lambda_function import HubFunction
from infra.base.storage import table
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground


class Mart(Construct):
    """Each row as the latest batch told it. Decisions never read it: a row reaches the customer as
    an event of theirs."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground, bus: HubBus) -> None:
        super().__init__(scope, id_)
        self.rows = table(self, "Rows", ground=ground, key="customer_key")
        self.work = WorkQueue(
            self,
            "Work",
            ground=ground,
            worker="keep_mart",
            batch=100,
            gather=Duration.seconds(1),
        )
        Delivery(
            self,
            "Loaded",
            bus=bus.bus,
            pattern=EventPattern(source=[bus_records.EVENT], detail_type=["mart.loaded"]),
            to=self.work,
        )
        self.keeper = HubFunction(
            self,
            "KeepMart",
            name="keep_mart",
            ground=ground,
            environment={"MART_TABLE": self.rows.table_name, **self.work.environment},
        )
        self.keeper.works_off(self.work)
        self.keeper.may("dynamodb:PutItem", on=self.rows.table_arn)
