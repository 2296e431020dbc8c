"""What is known of customers, and what was done about them."""

from aws_cdk.aws_dynamodb import StreamViewType
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import table
from infra.deployment import Ground


class CustomerState(Construct):
    """The customers themselves, whose stream is the outbox, and the keys they are known by."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.customers = table(
            self,
            "Customers",
            ground=ground,
            key="customer_id",
            stream=StreamViewType.NEW_AND_OLD_IMAGES,
        )
        self.identities = table(self, "Identities", ground=ground, key="identity")
        self.merges = table(
            self, "Merges", ground=ground, key="customer_id", sort="entry", expires=True
        )

    def let_forget(self, function: HubFunction) -> None:
        function.may("dynamodb:BatchGetItem", "dynamodb:DeleteItem", on=self.identities.table_arn)
        function.may("dynamodb:DeleteItem", "dynamodb:Query", on=self.merges.table_arn)

    def let_merge(self, function: HubFunction) -> None:
        """A transaction is allowed by the actions it is made of."""
        function.may(
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            on=self.customers.table_arn,
        )
        function.may(
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            on=self.identities.table_arn,
        )
        function.may(
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=self.merges.table_arn,
        )
