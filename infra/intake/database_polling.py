"""Databases as sources: a schedule for each asks for its new rows."""

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
from infra.base.secrets import Secrets
from infra.base.storage import create_table
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment


class DatabasePolling(Construct):
    """A rule for each source, which sends the source's name to `poll_database`.

    A source is polled once the operator has put its database's address into the secret.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        bus: HubBus,
        claim_checks: Bucket,
        secrets: Secrets,
        parked: Table,
    ) -> None:
        super().__init__(scope, id_)
        self.watermarks = create_table(self, "Watermarks", deployment=deployment, key="source")
        self.work = WorkQueue(
            self, "Work", deployment=deployment, function="poll_database", batch=1
        )
        self.poller = HubFunction(
            self,
            "PollDatabase",
            name="poll_database",
            deployment=deployment,
            environment={
                "BUS_NAME": bus.bus.event_bus_name,
                "CLAIMS_BUCKET": claim_checks.bucket_name,
                "DATABASE_SECRETS": secrets.databases,
                "PARKED_TABLE": parked.table_name,
                "WATERMARKS_TABLE": self.watermarks.table_name,
                **self.work.environment,
            },
        )
        self.poller.consume(self.work)
        self.poller.allow("dynamodb:PutItem", on=parked.table_arn)
        self.poller.allow("dynamodb:UpdateItem", on=self.watermarks.table_arn)
        self.poller.allow("events:PutEvents", on=bus.bus.event_bus_arn)
        self.poller.allow("s3:PutObject", on=claim_checks.arn_for_objects("*"))
        self.poller.allow("secretsmanager:GetSecretValue", on=secrets.databases)
        for source, minutes in list_polled_sources():
            self._schedule(source, minutes)

    def _schedule(self, source: str, minutes: int) -> None:
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


def list_polled_sources() -> Iterator[tuple[str, int]]:
    """Yield each source that has a database, with the minutes between two polls."""
    for path in sorted((ROOT / "schemas" / "sources").glob("*/source.json")):
        if database := json.loads(path.read_text()).get("database"):
            yield path.parent.name, database.get("every", 1)
