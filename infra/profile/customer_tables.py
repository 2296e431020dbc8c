"""The tables of customers."""

from aws_cdk.aws_dynamodb import Attribute, AttributeType, ProjectionType, StreamViewType
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import create_table
from infra.deployment import Deployment


class CustomerTables(Construct):
    """The customers, whose stream is the outbox, their identities and their merges.

    What addresses refused stands beside them: it holds for every customer who has the address.
    """

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        self.customers = create_table(
            self,
            "Customers",
            deployment=deployment,
            key="customer_id",
            stream=StreamViewType.NEW_AND_OLD_IMAGES,
        )
        self.identities = create_table(self, "Identities", deployment=deployment, key="identity")
        self.identities.add_global_secondary_index(
            index_name="by_customer_id",
            partition_key=Attribute(name="customer_id", type=AttributeType.STRING),
            projection_type=ProjectionType.KEYS_ONLY,
        )
        self.merges = create_table(
            self, "Merges", deployment=deployment, key="customer_id", sort="entry", expires=True
        )
        self.event_marks = create_table(
            self, "EventMarks", deployment=deployment, key="mark", expires=True
        )
        self.address_refusals = create_table(
            self, "AddressRefusals", deployment=deployment, key="address"
        )

    @property
    def refusals_environment(self) -> dict[str, str]:
        """The variable with which a function finds what addresses refused."""
        return {"ADDRESS_REFUSALS_TABLE": self.address_refusals.table_name}

    def grant_reading_refusals(self, function: HubFunction) -> None:
        function.allow("dynamodb:BatchGetItem", on=self.address_refusals.table_arn)

    def grant_recording_refusals(self, function: HubFunction) -> None:
        function.allow(
            "dynamodb:BatchGetItem", "dynamodb:UpdateItem", on=self.address_refusals.table_arn
        )

    def grant_marking_events(self, function: HubFunction) -> None:
        function.allow(
            "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", on=self.event_marks.table_arn
        )

    def grant_erasing(self, function: HubFunction) -> None:
        function.allow(
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:UpdateItem",
            on=self.identities.table_arn,
        )
        function.allow("dynamodb:Query", on=f"{self.identities.table_arn}/index/by_customer_id")
        function.allow("dynamodb:DeleteItem", "dynamodb:Query", on=self.merges.table_arn)

    def grant_merging(self, function: HubFunction) -> None:
        """IAM allows a transaction by the actions it consists of."""
        function.allow(
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            on=self.customers.table_arn,
        )
        function.allow(
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            on=self.identities.table_arn,
        )
        function.allow(
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=self.merges.table_arn,
        )
