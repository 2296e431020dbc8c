"""Channels of actions: one topic, and for each channel a queue and a function."""

from collections.abc import Mapping, Sequence

from aws_cdk.aws_kms import Alias
from aws_cdk.aws_sns import SubscriptionFilter, Topic
from aws_cdk.aws_sns_subscriptions import SqsSubscription
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.profile.customer_tables import CustomerTables

# A provider that does not answer takes 10 s an action: five fit into one call of the function.
ACTIONS_PER_BATCH = 5


class ActionTopic(Construct):
    """The topic of all actions. A message attribute names the channel."""

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        key = Alias.from_alias_name(self, "Key", "alias/aws/sns")
        self.topic = Topic(self, "Topic", enforce_ssl=deployment.requires_tls, master_key=key)


class ActionChannel(Construct):
    """One channel: its actions in a queue, and the function that carries them out.

    The function may read the customer for the last look, write the ledger and publish the outcome.
    Whoever creates the channel grants what its provider needs. The function also serves
    `other_channels`. With `has_keyed_addresses`, the last look asks what addresses refused.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        channel: str,
        function: str,
        deployment: Deployment,
        actions: ActionTopic,
        bus: HubBus,
        customer_tables: CustomerTables,
        records: DecisionRecords,
        environment: Mapping[str, str],
        other_channels: Sequence[str] = (),
        max_receives: int = 5,
        batch: int = ACTIONS_PER_BATCH,
        has_keyed_addresses: bool = True,
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(
            self,
            "Work",
            deployment=deployment,
            function=function,
            max_receives=max_receives,
            batch=batch,
        )
        actions.topic.add_subscription(
            SqsSubscription(
                self.work.queue,
                dead_letter_queue=self.work.dead_letters.queue,
                filter_policy={
                    "channel": SubscriptionFilter.string_filter(
                        allowlist=[channel, *other_channels]
                    )
                },
                raw_message_delivery=True,
            )
        )
        refusals = customer_tables.refusals_environment if has_keyed_addresses else {}
        self.function = HubFunction(
            self,
            "Act",
            name=function,
            deployment=deployment,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CUSTOMERS_TABLE": customer_tables.customers.table_name,
                "LEDGER_TABLE": records.ledger.table_name,
                **environment,
                **refusals,
                **self.work.environment,
            },
        )
        self.function.consume(self.work)
        self.function.allow("dynamodb:GetItem", on=customer_tables.customers.table_arn)
        if has_keyed_addresses:
            customer_tables.grant_reading_refusals(self.function)
        self.function.allow(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            on=records.ledger.table_arn,
        )
        self.function.allow("events:PutEvents", on=bus.bus.event_bus_arn)
