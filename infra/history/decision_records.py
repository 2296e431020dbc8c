"""What was decided and done: decisions, archive, action ledger, parked payloads."""

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import Attribute, AttributeType
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import bucket, table
from infra.deployment import Ground


class Records(Construct):
    """Decisions with their receipts and what they were made on, the ledger of actions, and what was
    parked on arrival."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.decisions = table(
            self, "Decisions", ground=ground, key="customer_id", sort="decided", expires=True
        )
        self.archive = bucket(self, "Archive", ground=ground, keep=Duration.days(400))
        self.ledger = table(self, "Ledger", ground=ground, key="action_id", expires=True)
        self._traced_by = ("reference", "code")
        for name in self._traced_by:
            self.ledger.add_global_secondary_index(
                index_name=f"by_{name}",
                partition_key=Attribute(name=name, type=AttributeType.STRING),
            )
        self.parked = table(
            self, "Parked", ground=ground, key="source", sort="parked", expires=True
        )

    def let_trace(self, function: HubFunction) -> None:
        """Find the action that an event names, by whatever name."""
        function.may("dynamodb:BatchGetItem", on=self.ledger.table_arn)
        indexes = [f"{self.ledger.table_arn}/index/by_{name}" for name in self._traced_by]
        function.may("dynamodb:Query", on=indexes)
