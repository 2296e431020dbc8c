"""Where the hub decides: one read, one thought, one conditional write."""

from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.learning.learning import Memory
from infra.profile.customer_tables import CustomerState
from infra.publishing.catalogue import Catalogue
from infra.surroundings.tables import Surroundings


class Decision(Construct):
    """The customers' queue, in order per customer, and the function that works it off."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        state: CustomerState,
        catalogue: Catalogue,
        records: Records,
        surroundings: Surroundings,
        memory: Memory,
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(self, "Work", ground=ground, worker="decide", fifo=True)
        self.decider = HubFunction(
            self,
            "Decide",
            name="decide",
            ground=ground,
            environment={
                "ARCHIVE_BUCKET": records.archive.bucket_name,
                "CUSTOMER_QUEUE_URL": self.work.queue.queue_url,
                "CUSTOMERS_TABLE": state.customers.table_name,
                "DECISIONS_TABLE": records.decisions.table_name,
                "IDENTITIES_TABLE": state.identities.table_name,
                "MERGES_TABLE": state.merges.table_name,
                **memory.environment,
                **surroundings.environment,
                **catalogue.environment,
                **self.work.environment,
            },
        )
        self.decider.works_off(self.work)
        catalogue.let_read(self.decider)
        surroundings.let_read(self.decider)
        memory.let_read(self.decider)
        self.decider.may("s3:PutObject", on=records.archive.arn_for_objects("surroundings/*"))
        state.let_merge(self.decider)
        self.decider.may("dynamodb:Query", "dynamodb:UpdateItem", on=records.decisions.table_arn)
        # What still comes for a customer who was merged away is handed on to who they are now.
        self.decider.may("sqs:SendMessage", on=self.work.queue.queue_arn)
