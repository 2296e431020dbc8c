"""The Lambda function of the hub: what all of them have, and the methods that grant more."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import Table
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import (
    CfnFunction,
    Function,
    LoggingFormat,
    Runtime,
    StartingPosition,
    Tracing,
)
from aws_cdk.aws_lambda_event_sources import DynamoEventSource, SqsDlq, SqsEventSource
from aws_cdk.aws_logs import LogGroup, RetentionDays
from constructs import Construct

from infra.base.alarms import create_alarm
from infra.base.failed_batches import FailedBatches
from infra.base.work_queue import LATE_AFTER, DeadLetters, WorkQueue
from infra.deployment import Deployment
from infra.function_plans import PLANS

OLDEST_RECORD = Duration.hours(20)
"""A stream loses a record after 24 hours. What waited so long for a function that Lambda cannot
start goes the way of what failed, while it still exists."""


class HubFunction(Construct):
    """A function with a bundle, a role, a log and an alarm of its own.

    Its role starts with access to the log and X-Ray only. `allow` adds actions on named resources.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        deployment: Deployment,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.name = name
        plan, self._statements = PLANS[name], deployment.statements
        log = LogGroup(
            self, "Log", retention=RetentionDays.ONE_MONTH, removal_policy=deployment.removal
        )
        self.role = Role(self, "Role", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
        log.grant_write(self.role)
        self.function = Function(
            self,
            "Function",
            architecture=deployment.architecture,
            code=deployment.load_code(name),
            description=f"Segue: {name.replace('_', ' ')}",
            environment=dict(environment),
            handler=f"{name}.handler.handler",
            log_group=log,
            logging_format=LoggingFormat.JSON,
            memory_size=plan.memory,
            role=self.role,
            runtime=Runtime.PYTHON_3_13,
            timeout=Duration.seconds(plan.seconds),
            tracing=Tracing.ACTIVE,
        )
        self._alarm_on_errors(name)

    def allow(
        self, *actions: str, on: str | list[str], only: Mapping[str, Any] | None = None
    ) -> None:
        """Allow these actions on exactly these resources, under the conditions of `only`."""
        resources = [on] if isinstance(on, str) else on
        self.role.add_to_policy(self._statements.allow(actions, resources, only))

    def allow_outside(self, *actions: str, of: str) -> None:
        """Allow these actions on all that `of` does not match: telephones have no ARN."""
        self.role.add_to_policy(PolicyStatement(actions=list(actions), not_resources=[of]))

    def allow_recursion(self) -> None:
        """Allow the function to start itself through a queue any number of times.

        Lambda otherwise stops such a loop. The function itself has to make sure that it ends.
        """
        function = self.function.node.default_child
        if isinstance(function, CfnFunction):
            function.recursive_loop = "Allow"

    def consume(self, work: WorkQueue) -> None:
        """Take batches from the queue. Only the failed messages of a batch are received again."""
        self.function.add_event_source(
            SqsEventSource(
                work.queue,
                batch_size=work.batch,
                max_batching_window=work.batching_window,
                max_concurrency=work.max_concurrency,
                report_batch_item_failures=True,
            )
        )
        self.allow("sqs:SendMessage", on=work.dead_letters.queue.queue_arn)

    def follow_stream(
        self, table: Table, *, failures: DeadLetters, whole_in: FailedBatches | None = None
    ) -> None:
        """Read the table's stream from its beginning. `failures` receives what Lambda gives up on.

        A failing record blocks a stream, so a batch is halved and retried a few times only. Lambda
        tells a queue only where the records were. In `whole_in` it stores the records themselves,
        and S3 announces each to `failures`.
        """
        if whole_in:
            # Lambda's documentation names these two. The CDK's own `S3OnFailureDestination` grants
            # all reading and writing of the bucket.
            self.allow("s3:PutObject", on=whole_in.bucket.arn_for_objects("*"))
            self.allow("s3:ListBucket", on=whole_in.bucket.bucket_arn)
        self.function.add_event_source(
            DynamoEventSource(
                table,
                batch_size=100,
                bisect_batch_on_error=True,
                max_record_age=OLDEST_RECORD,
                on_failure=whole_in.destination if whole_in else SqsDlq(failures.queue),
                report_batch_item_failures=True,
                retry_attempts=5,
                starting_position=StartingPosition.TRIM_HORIZON,
            )
        )
        # The metric covers all streams of the function, so one alarm is enough.
        if not self.node.try_find_child("Behind"):
            age = self.function.metric(
                "IteratorAge", statistic="Maximum", period=Duration.minutes(5)
            )
            description = f"{self.node.path}: what it follows is an hour ahead of it"
            create_alarm(
                self, "Behind", age, description=description, threshold=LATE_AFTER.to_milliseconds()
            )

    def _alarm_on_errors(self, name: str) -> None:
        description = f"Segue: {name.replace('_', ' ')} raises what it did not expect"
        create_alarm(
            self,
            "Errors",
            self.function.metric_errors(period=Duration.minutes(5)),
            description=description,
        )
