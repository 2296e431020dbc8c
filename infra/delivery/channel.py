"""The ways out: one topic of actions, and per channel a queue and a function that acts once."""

from collections.abc import Mapping, Sequence

from aws_cdk.aws_kms import Alias
from aws_cdk.aws_sns import SubscriptionFilter, Topic
from aws_cdk.aws_sns_subscriptions import SqsSubscription
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.profile.customer_tables import CustomerState

# A provider that hangs takes 10 s an action: five fit into one call of the function.
AT_A_TIME = 5


class Actions(Construct):
    """The topic on which every action is published, with its channel as an attribute."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        key = Alias.from_alias_name(self, "Key", "alias/aws/sns")
        self.topic = Topic(self, "Topic", enforce_ssl=ground.tls, master_key=key)


class Channel(Construct):
    """One channel: its share of the actions, and the function that carries them out.

    The function may take the last look at the customer, keep the ledger and report the outcome;
    what its provider needs is granted by the room that makes it. `also` are other channels that it
    serves.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        channel: str,
        name: str,
        ground: Ground,
        actions: Actions,
        bus: HubBus,
        state: CustomerState,
        records: Records,
        environment: Mapping[str, str],
        also: Sequence[str] = (),
        receives: int = 5,
        at_a_time: int = AT_A_TIME,
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(
            self, "Work", ground=ground, worker=name, receives=receives, batch=at_a_time
        )
        actions.topic.add_subscription(
            SqsSubscription(
                self.work.queue,
                dead_letter_queue=self.work.dead_letters.queue,
                filter_policy={
                    "channel": SubscriptionFilter.string_filter(allowlist=[channel, *also])
                },
                raw_message_delivery=True,
            )
        )
        self.actor = HubFunction(
            self,
            "Act",
            name=name,
            ground=ground,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CUSTOMERS_TABLE": state.customers.table_name,
                "LEDGER_TABLE": records.ledger.table_name,
                **environment,
                **self.work.environment,
            },
        )
        self.actor.works_off(self.work)
        self.actor.may("dynamodb:GetItem", on=state.customers.table_arn)
        self.actor.may(
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            on=records.ledger.table_arn,
        )
        self.actor.may("events:PutEvents", on=bus.bus.event_bus_arn)
