"""Where a delivery becomes canonical events, and each event a known customer's."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import Delivery, HubBus
from infra.base.lambda_function import HubFunction
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.profile.customer_tables import CustomerState
from infra.surroundings.tables import Surroundings


class Recognition(Construct):
    """From the bus to the customers' queue; what cannot be understood is parked."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        bus: HubBus,
        claims: Bucket,
        state: CustomerState,
        records: Records,
        customers: WorkQueue,
        surroundings: Surroundings,
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(
            self, "Work", ground=ground, worker="normalize", batch=100, gather=Duration.seconds(1)
        )
        Delivery(
            self,
            "Arrived",
            bus=bus.bus,
            pattern=EventPattern(source=[bus_records.RAW, bus_records.OUTCOME]),
            to=self.work,
        )
        self.normalizer = HubFunction(
            self,
            "Normalize",
            name="normalize",
            ground=ground,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CLAIMS_BUCKET": claims.bucket_name,
                "CUSTOMER_QUEUE_URL": customers.queue.queue_url,
                "IDENTITIES_TABLE": state.identities.table_name,
                "LEDGER_TABLE": records.ledger.table_name,
                "MERGES_TABLE": state.merges.table_name,
                "PARKED_TABLE": records.parked.table_name,
                "SURROUNDINGS_TABLE": surroundings.things.table_name,
                **self.work.environment,
            },
        )
        self.normalizer.works_off(self.work)
        surroundings.let_note(self.normalizer)
        # A transaction is allowed by the actions it is made of.
        self.normalizer.may(
            "dynamodb:BatchGetItem", "dynamodb:PutItem", on=state.identities.table_arn
        )
        self.normalizer.may("dynamodb:PutItem", on=state.merges.table_arn)
        records.let_trace(self.normalizer)
        self.normalizer.may("dynamodb:PutItem", on=records.parked.table_arn)
        self.normalizer.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.normalizer.may("s3:GetObject", on=claims.arn_for_objects("*"))
        # Without it, asking for a claim that has expired is answered 403 instead of 404.
        self.normalizer.may("s3:ListBucket", on=claims.bucket_arn)
        self.normalizer.may("sqs:SendMessage", on=customers.queue.queue_arn)
