"""What is known of customers, and what was done about them."""

from aws_cdk.aws_dynamodb import StreamViewType
from constructs import Construct

from infra.ground import Ground
from infra.stores import table


class CustomerState(Construct):
    """The customers themselves, whose stream is the outbox, and the keys they are known by."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.customers = table(
            self, "Customers", ground=ground, key="customer_id", stream=StreamViewType.NEW_IMAGE
        )
        self.identities = table(self, "Identities", ground=ground, key="identity")


class Records(Construct):
    """Decisions with their receipts, the ledger of actions, and what was parked on arrival."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.decisions = table(
            self, "Decisions", ground=ground, key="customer_id", sort="decided", expires=True
        )
        self.ledger = table(self, "Ledger", ground=ground, key="action_id", expires=True)
        self.parked = table(
            self, "Parked", ground=ground, key="source", sort="parked", expires=True
        )
