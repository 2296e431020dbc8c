"""The tables of what is true around all customers, and of used capacity."""

from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import create_table
from infra.deployment import Deployment


class Surroundings(Construct):
    """The latest facts about stock, call queues and promotions; and who has claimed what."""

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        self.facts = create_table(
            self, "Things", deployment=deployment, key="kind", sort="name", expires=True
        )
        self.capacity = create_table(
            self, "Capacity", deployment=deployment, key="place", sort="line", expires=True
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a function finds both tables."""
        return {
            "CAPACITY_TABLE": self.capacity.table_name,
            "SURROUNDINGS_TABLE": self.facts.table_name,
        }

    def grant_reading(self, function: HubFunction) -> None:
        function.allow("dynamodb:Query", on=self.facts.table_arn)
        function.allow("dynamodb:Query", on=self.capacity.table_arn)

    def grant_recording(self, function: HubFunction) -> None:
        function.allow("dynamodb:BatchWriteItem", "dynamodb:PutItem", on=self.facts.table_arn)

    def grant_claiming(self, function: HubFunction) -> None:
        """IAM allows a transaction by the actions it consists of."""
        function.allow(
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=self.capacity.table_arn,
        )
