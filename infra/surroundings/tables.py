"""What is going on around all customers, and who has how much of what is scarce."""

from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import table
from infra.deployment import Ground


class Surroundings(Construct):
    """Stock, call queues and promotions as they were last told; capacities as they are taken."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.things = table(self, "Things", ground=ground, key="kind", sort="name", expires=True)
        self.capacity = table(
            self, "Capacity", ground=ground, key="place", sort="line", expires=True
        )

    @property
    def environment(self) -> dict[str, str]:
        """Where both are found."""
        return {
            "CAPACITY_TABLE": self.capacity.table_name,
            "SURROUNDINGS_TABLE": self.things.table_name,
        }

    def let_read(self, function: HubFunction) -> None:
        function.may("dynamodb:Query", on=self.things.table_arn)
        function.may("dynamodb:Query", on=self.capacity.table_arn)

    def let_note(self, function: HubFunction) -> None:
        function.may("dynamodb:BatchWriteItem", "dynamodb:PutItem", on=self.things.table_arn)

    def let_claim(self, function: HubFunction) -> None:
        """A transaction is allowed by the actions it is made of."""
        function.may(
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=self.capacity.table_arn,
        )
