"""Letters are collected and printed once a day."""

from aws_cdk import CfnParameter, Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.storage import create_bucket, create_table
from infra.delivery.channel import ActionChannel, ActionTopic
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.profile.customer_tables import CustomerTables
from infra.publishing.catalogue import Catalogue


class LetterPrinting(Construct):
    """The table of waiting letters, the printer's bucket, and the channel `letter`.

    Letters and ticks of the clock share one queue, so that no batch is lost: a late tick still
    prints what waits.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        actions: ActionTopic,
        bus: HubBus,
        catalogue: Catalogue,
        records: DecisionRecords,
        return_address: CfnParameter,
        customer_tables: CustomerTables,
    ) -> None:
        super().__init__(scope, id_)
        self.waiting = create_table(
            self, "Waiting", deployment=deployment, key="tray", sort="action_id"
        )
        self.files = create_bucket(
            self, "Files", deployment=deployment, retention=Duration.days(90)
        )
        self.channel = ActionChannel(
            self,
            "Letter",
            channel="letter",
            function="print_letters",
            deployment=deployment,
            actions=actions,
            bus=bus,
            customer_tables=customer_tables,
            records=records,
            has_keyed_addresses=False,
            environment={
                "LETTERS_TABLE": self.waiting.table_name,
                "PRINT_BUCKET": self.files.bucket_name,
                "RETURN_ADDRESS": return_address.value_as_string,
                **catalogue.published,
            },
        )
        work = self.channel.work
        Rule(
            self,
            "Daily",
            schedule=Schedule.cron(hour="3", minute="0"),
            targets=[SqsQueue(work.queue, dead_letter_queue=work.dead_letters.queue)],
        )
        catalogue.grant_loading(self.channel.function)
        self.channel.function.allow(
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=self.waiting.table_arn,
        )
        printed = self.files.arn_for_objects("print/*")
        self.channel.function.allow("s3:GetObject", "s3:PutObject", on=printed)
        # Without it S3 answers 403 instead of 404 for a manifest that does not exist.
        self.channel.function.allow("s3:ListBucket", on=self.files.bucket_arn)
