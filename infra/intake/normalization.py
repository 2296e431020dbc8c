"""Normalization: an inbound payload becomes canonical events of a known customer."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import HubBus, QueueRule
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_table
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.profile.customer_tables import CustomerTables
from infra.surroundings.tables import Surroundings


class Normalization(Construct):
    """From the bus to the customer queue. Unreadable payloads are parked."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        bus: HubBus,
        claim_checks: Bucket,
        customer_tables: CustomerTables,
        records: DecisionRecords,
        customers: WorkQueue,
        surroundings: Surroundings,
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(
            self,
            "Work",
            deployment=deployment,
            function="normalize",
            batch=100,
            batching_window=Duration.seconds(1),
        )
        QueueRule(
            self,
            "Arrived",
            bus=bus.bus,
            pattern=EventPattern(source=[bus_records.RAW, bus_records.OUTCOME]),
            to=self.work,
        )
        self.key_counts = create_table(
            self, "KeyCounts", deployment=deployment, key="key", expires=True
        )
        self.normalizer = HubFunction(
            self,
            "Normalize",
            name="normalize",
            deployment=deployment,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CLAIMS_BUCKET": claim_checks.bucket_name,
                "CUSTOMER_QUEUE_URL": customers.queue.queue_url,
                "IDENTITIES_TABLE": customer_tables.identities.table_name,
                "KEY_COUNTS_TABLE": self.key_counts.table_name,
                "LEDGER_TABLE": records.ledger.table_name,
                "MERGES_TABLE": customer_tables.merges.table_name,
                "PARKED_TABLE": records.parked.table_name,
                "SURROUNDINGS_TABLE": surroundings.facts.table_name,
                **customer_tables.refusals_environment,
                **self.work.environment,
            },
        )
        self.normalizer.consume(self.work)
        surroundings.grant_recording(self.normalizer)
        customer_tables.grant_recording_refusals(self.normalizer)
        # IAM allows a transaction by the actions it consists of.
        self.normalizer.allow(
            "dynamodb:BatchGetItem", "dynamodb:PutItem", on=customer_tables.identities.table_arn
        )
        self.normalizer.allow("dynamodb:PutItem", on=customer_tables.merges.table_arn)
        self.normalizer.allow("dynamodb:UpdateItem", on=self.key_counts.table_arn)
        records.grant_tracing(self.normalizer)
        self.normalizer.allow("dynamodb:PutItem", on=records.parked.table_arn)
        self.normalizer.allow("events:PutEvents", on=bus.bus.event_bus_arn)
        self.normalizer.allow("s3:GetObject", on=claim_checks.arn_for_objects("*"))
        # Without it S3 answers 403 instead of 404 for a claim check that has expired.
        self.normalizer.allow("s3:ListBucket", on=claim_checks.bucket_arn)
        self.normalizer.allow("sqs:SendMessage", on=customers.queue.queue_arn)
