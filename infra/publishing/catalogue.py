"""The score: the marketers' tables, and the guard who publishes what stands in them."""

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import StreamViewType, Table
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import bucket, table
from infra.base.work_queue import DeadLetters
from infra.deployment import Ground


class Catalogue(Construct):
    """Rows go in at one end; numbered, immutable catalogues come out at the other."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground, archive: Bucket) -> None:
        super().__init__(scope, id_)
        self.rows = {
            table: self._rows(table, key, ground)
            for table, key in (
                ("Stories", "story_id"),
                ("Audiences", "audience_id"),
                ("Rules", "rule_id"),
                ("Offers", "offer_id"),
                ("Policies", "policy_id"),
                ("Templates", "template_id"),
            )
        }
        self.newest = self._rows("Newest", "name", ground)
        self.bucket = bucket(self, "Published", ground=ground)
        self.stream_failures = DeadLetters(self, "StreamFailures", ground=ground)
        self.guard = self._guard(ground, archive)

    @property
    def published(self) -> dict[str, str]:
        """Where a catalogue of a known number is found."""
        return {"CATALOGUE_BUCKET": self.bucket.bucket_name}

    @property
    def environment(self) -> dict[str, str]:
        """Where the newest catalogue is found."""
        return {"CATALOGUE_TABLE": self.newest.table_name, **self.published}

    def let_load(self, function: HubFunction) -> None:
        """Let it fetch a catalogue whose number it knows."""
        function.may("s3:GetObject", on=self.bucket.arn_for_objects("*"))

    def let_read(self, function: HubFunction) -> None:
        """Let it look up the newest number and fetch that catalogue."""
        function.may("dynamodb:GetItem", on=self.newest.table_arn)
        self.let_load(function)

    def _rows(self, id_: str, key: str, ground: Ground) -> Table:
        return table(self, id_, ground=ground, key=key, stream=StreamViewType.NEW_AND_OLD_IMAGES)

    def _guard(self, ground: Ground, archive: Bucket) -> HubFunction:
        guard = HubFunction(
            self,
            "Guard",
            name="guard_catalogue",
            ground=ground,
            environment={
                "ARCHIVE_BUCKET": archive.bucket_name,
                **{f"{name.upper()}_TABLE": rows.table_name for name, rows in self.rows.items()},
                **self.environment,
            },
        )
        self.let_read(guard)
        guard.may("dynamodb:UpdateItem", on=self.newest.table_arn)
        guard.follows(self.newest, failures=self.stream_failures)
        guard.may("s3:PutObject", on=self.bucket.arn_for_objects("*"))
        # What was recorded lately, to hold new rules against.
        guard.may("s3:GetObject", on=archive.arn_for_objects("archive/*"))
        guard.may("s3:ListBucket", on=archive.bucket_arn)
        for rows in self.rows.values():
            guard.may("dynamodb:Scan", "dynamodb:UpdateItem", on=rows.table_arn)
            # Rolling back writes rows, and a transaction is allowed by the actions it is made of.
            guard.may("dynamodb:DeleteItem", "dynamodb:PutItem", on=rows.table_arn)
            guard.follows(rows, failures=self.stream_failures)
        # An edit whose stream record was lost is published at the next round.
        rounds = Rule(self, "Rounds", schedule=Schedule.rate(Duration.minutes(5)))
        rounds.add_target(LambdaFunction(guard.function, retry_attempts=0))
        return guard
