"""The print room: letters are collected, and printed once a day."""

from aws_cdk import CfnParameter, Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.storage import bucket, table
from infra.delivery.channel import Actions, Channel
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.profile.customer_tables import CustomerState
from infra.publishing.catalogue import Catalogue


class PrintRoom(Construct):
    """Letters and the ticks of the clock go through one queue, so that no batch is lost: a tick
    that comes late still prints what waits."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        actions: Actions,
        bus: HubBus,
        catalogue: Catalogue,
        records: Records,
        return_address: CfnParameter,
        state: CustomerState,
    ) -> None:
        super().__init__(scope, id_)
        self.waiting = table(self, "Waiting", ground=ground, key="tray", sort="action_id")
        self.files = bucket(self, "Files", ground=ground, keep=Duration.days(90))
        self.letter = Channel(
            self,
            "Letter",
            channel="letter",
            name="print_letters",
            ground=ground,
            actions=actions,
            bus=bus,
            state=state,
            records=records,
            environment={
                "LETTERS_TABLE": self.waiting.table_name,
                "PRINT_BUCKET": self.files.bucket_name,
                "RETURN_ADDRESS": return_address.value_as_string,
                **catalogue.published,
            },
        )
        work = self.letter.work
        Rule(
            self,
            "Daily",
            schedule=Schedule.cron(hour="3", minute="0"),
            targets=[SqsQueue(work.queue, dead_letter_queue=work.dead_letters.queue)],
        )
        catalogue.let_load(self.letter.actor)
        self.letter.actor.may(
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            on=self.waiting.table_arn,
        )
        printed = self.files.arn_for_objects("print/*")
        self.letter.actor.may("s3:GetObject", "s3:PutObject", on=printed)
        # Without it, asking for a manifest that is not there is answered 403 instead of 404.
        self.letter.actor.may("s3:ListBucket", on=self.files.bucket_arn)
