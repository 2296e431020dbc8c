"""The catalogue: the marketers' tables, and the publisher that makes catalogues of their rows."""

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import StreamViewType, Table
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import create_bucket, create_table
from infra.base.work_queue import DeadLetters
from infra.deployment import Deployment


class Catalogue(Construct):
    """The tables of rows, and the numbered, immutable catalogues made of them."""

    def __init__(
        self, scope: Construct, id_: str, *, deployment: Deployment, archive: Bucket
    ) -> None:
        super().__init__(scope, id_)
        self.rows = {
            table: self._create_rows_table(table, key, deployment)
            for table, key in (
                ("Stories", "story_id"),
                ("Audiences", "audience_id"),
                ("Rules", "rule_id"),
                ("Offers", "offer_id"),
                ("Policies", "policy_id"),
                ("Templates", "template_id"),
            )
        }
        self.newest = self._create_rows_table("Newest", "name", deployment)
        self.bucket = create_bucket(self, "Published", deployment=deployment)
        self.stream_failures = DeadLetters(self, "StreamFailures", deployment=deployment)
        self.publisher = self._create_publisher(deployment, archive)

    @property
    def published(self) -> dict[str, str]:
        """The variables with which a function finds a catalogue of a known number."""
        return {"CATALOGUE_BUCKET": self.bucket.bucket_name}

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a function finds the newest catalogue."""
        return {"CATALOGUE_TABLE": self.newest.table_name, **self.published}

    def grant_loading(self, function: HubFunction) -> None:
        """Allow it to load a catalogue whose number it knows."""
        function.allow("s3:GetObject", on=self.bucket.arn_for_objects("*"))

    def grant_reading(self, function: HubFunction) -> None:
        """Allow it to read the newest number and to load that catalogue."""
        function.allow("dynamodb:GetItem", on=self.newest.table_arn)
        self.grant_loading(function)

    def _create_rows_table(self, id_: str, key: str, deployment: Deployment) -> Table:
        return create_table(
            self, id_, deployment=deployment, key=key, stream=StreamViewType.NEW_AND_OLD_IMAGES
        )

    def _create_publisher(self, deployment: Deployment, archive: Bucket) -> HubFunction:
        publisher = HubFunction(
            self,
            "Guard",
            name="guard_catalogue",
            deployment=deployment,
            environment={
                "ARCHIVE_BUCKET": archive.bucket_name,
                **{f"{name.upper()}_TABLE": rows.table_name for name, rows in self.rows.items()},
                **self.environment,
            },
        )
        self.grant_reading(publisher)
        publisher.allow("dynamodb:UpdateItem", on=self.newest.table_arn)
        publisher.follow_stream(self.newest, failures=self.stream_failures)
        publisher.allow("s3:PutObject", on=self.bucket.arn_for_objects("*"))
        # It tries new rules on recently recorded events.
        publisher.allow("s3:GetObject", on=archive.arn_for_objects("archive/*"))
        publisher.allow("s3:ListBucket", on=archive.bucket_arn)
        for rows in self.rows.values():
            publisher.allow("dynamodb:Scan", "dynamodb:UpdateItem", on=rows.table_arn)
            # A rollback writes rows, and IAM allows a transaction by the actions it consists of.
            publisher.allow("dynamodb:DeleteItem", "dynamodb:PutItem", on=rows.table_arn)
            publisher.follow_stream(rows, failures=self.stream_failures)
        # If the stream record of an edit is lost, the next round publishes the edit.
        rounds = Rule(self, "Rounds", schedule=Schedule.rate(Duration.minutes(5)))
        rounds.add_target(LambdaFunction(publisher.function, retry_attempts=0))
        return publisher
