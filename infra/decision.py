"""Where the hub decides: one read, one thought, one conditional write."""

from constructs import Construct

from infra.catalogue import Catalogue
from infra.customer_state import CustomerState
from infra.ground import Ground
from infra.hub_function import HubFunction
from infra.queues import WorkQueue


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
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(self, "Work", ground=ground, worker="decide", fifo=True)
        self.decider = HubFunction(
            self,
            "Decide",
            name="decide",
            ground=ground,
            environment={
                "CUSTOMERS_TABLE": state.customers.table_name,
                **catalogue.environment,
                **self.work.environment,
            },
        )
        self.decider.works_off(self.work)
        catalogue.let_read(self.decider)
        self.decider.may("dynamodb:GetItem", "dynamodb:PutItem", on=state.customers.table_arn)
