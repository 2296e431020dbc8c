"""The records: decisions, the archive, the action ledger, parked payloads."""

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import Attribute, AttributeType
from constructs import Construct

from infra.base.alarms import create_alarm
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_bucket, create_table
from infra.deployment import Deployment

MUCH_PARKED = 1000
"""Write units of the table in five minutes, one for each KB."""


class DecisionRecords(Construct):
    """Decisions with receipts, the archive of episodes, the action ledger and parked payloads."""

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        self.decisions = create_table(
            self,
            "Decisions",
            deployment=deployment,
            key="customer_id",
            sort="decided",
            expires=True,
        )
        self.archive = create_bucket(
            self, "Archive", deployment=deployment, retention=Duration.days(400)
        )
        self.ledger = create_table(
            self, "Ledger", deployment=deployment, key="action_id", expires=True
        )
        self._trace_attributes = ("reference", "code")
        for name in self._trace_attributes:
            self.ledger.add_global_secondary_index(
                index_name=f"by_{name}",
                partition_key=Attribute(name=name, type=AttributeType.STRING),
            )
        self.parked = create_table(
            self, "Parked", deployment=deployment, key="source", sort="parked", expires=True
        )
        create_alarm(
            self,
            "MuchParked",
            self.parked.metric_consumed_write_capacity_units(period=Duration.minutes(5)),
            description="Segue: much is parked: a source has changed, or somebody floods it"
            " (segue parked)",
            threshold=MUCH_PARKED,
        )

    def grant_tracing(self, function: HubFunction) -> None:
        """Allow it to find the action that an event names, by any of its names."""
        function.allow("dynamodb:BatchGetItem", on=self.ledger.table_arn)
        indexes = [f"{self.ledger.table_arn}/index/by_{name}" for name in self._trace_attributes]
        function.allow("dynamodb:Query", on=indexes)
