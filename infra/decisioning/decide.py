"""The decision: the customer queue and the function `decide`."""

from aws_cdk import CfnParameter
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.learning.learner import LearnerTables
from infra.profile.customer_tables import CustomerTables
from infra.publishing.catalogue import Catalogue
from infra.surroundings.tables import Surroundings


class Decisioning(Construct):
    """The queue keeps the order of each customer. `decider` consumes it."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        customer_tables: CustomerTables,
        catalogue: Catalogue,
        records: DecisionRecords,
        surroundings: Surroundings,
        learner_tables: LearnerTables,
        time_zone: CfnParameter,
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(self, "Work", deployment=deployment, function="decide", fifo=True)
        self.decider = HubFunction(
            self,
            "Decide",
            name="decide",
            deployment=deployment,
            environment={
                "ARCHIVE_BUCKET": records.archive.bucket_name,
                "CUSTOMER_QUEUE_URL": self.work.queue.queue_url,
                "CUSTOMERS_TABLE": customer_tables.customers.table_name,
                "DECISIONS_TABLE": records.decisions.table_name,
                "EVENT_MARKS_TABLE": customer_tables.event_marks.table_name,
                "IDENTITIES_TABLE": customer_tables.identities.table_name,
                "MERGES_TABLE": customer_tables.merges.table_name,
                "PARKED_TABLE": records.parked.table_name,
                "TIME_ZONE": time_zone.value_as_string,
                **customer_tables.refusals_environment,
                **learner_tables.environment,
                **surroundings.environment,
                **catalogue.environment,
                **self.work.environment,
            },
        )
        self.decider.consume(self.work)
        catalogue.grant_reading(self.decider)
        surroundings.grant_reading(self.decider)
        learner_tables.grant_reading(self.decider)
        self.decider.allow("s3:PutObject", on=records.archive.arn_for_objects("surroundings/*"))
        customer_tables.grant_merging(self.decider)
        customer_tables.grant_reading_refusals(self.decider)
        customer_tables.grant_marking_events(self.decider)
        self.decider.allow("dynamodb:Query", "dynamodb:UpdateItem", on=records.decisions.table_arn)
        self.decider.allow("dynamodb:PutItem", on=records.parked.table_arn)
        # It hands on what still arrives for an absorbed customer to the survivor.
        self.decider.allow("sqs:SendMessage", on=self.work.queue.queue_arn)
