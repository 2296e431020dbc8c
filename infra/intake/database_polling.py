"""The way in for databases: each source that has one is asked for new rows, on its schedule."""

import json
from collections.abc import Iterator

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import Table
from aws_cdk.aws_events import Rule, RuleTargetInput, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra import ROOT
from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Keyring
from infra.base.storage import table
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground


class DatabaseDoor(Construct):
    """A rule a source, which carries its name to the poller; nothing is polled before somebody has
    put the database's address on the ring."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        bus: HubBus,
        claims: Bucket,
        keyring: Keyring,
        parked: Table,
    ) -> None:
        super().__init__(scope, id_)
        self.watermarks = table(self, "Watermarks", ground=ground, key="source")
        self.work = WorkQueue(self, "Work", ground=ground, worker="poll_database", batch=1)
        self.poller = HubFunction(
            self,
            "PollDatabase",
            name="poll_database",
            ground=ground,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CLAIMS_BUCKET": claims.bucket_name,
                "DATABASE_SECRETS": keyring.databases,
                "PARKED_TABLE": parked.table_name,
                "WATERMARKS_TABLE": self.watermarks.table_name,
                **self.work.environment,
            },
        )
        self.poller.works_off(self.work)
        self.poller.may("dynamodb:PutItem", on=parked.table_arn)
        self.poller.may("dynamodb:UpdateItem", on=self.watermarks.table_arn)
        self.poller.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.poller.may("s3:PutObject", on=claims.arn_for_objects("*"))
        self.poller.may("secretsmanager:GetSecretValue", on=keyring.databases)
        for source, minutes in polled():
            self._ask(source, minutes)

    def _ask(self, source: str, minutes: int) -> None:
        Rule(
            self,
            source,
            description=f"Segue: new rows of {source}",
            schedule=Schedule.rate(Duration.minutes(minutes)),
            targets=[
                SqsQueue(
                    self.work.queue,
                    dead_letter_queue=self.work.dead_letters.queue,
                    message=RuleTargetInput.from_object({"source": source}),
                )
            ],
        )


def polled() -> Iterator[tuple[str, int]]:
    """The sources that have a database, with the minutes between two polls."""
    for path in sorted((ROOT / "schemas" / "sources").glob("*/source.json")):
        if database := json.loads(path.read_text()).get("database"):
            yield path.parent.name, database.get("every", 1)
