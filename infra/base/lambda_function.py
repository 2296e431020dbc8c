"""What every function of the hub is given, once; and the verbs by which it is given more."""

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

from infra.base.alarms import ring
from infra.base.work_queue import LATE, DeadLetters, WorkQueue
from infra.deployment import Ground
from infra.function_plans import PLANS


class HubFunction(Construct):
    """One function with a bundle, a role, a log and an alarm of its own.

    Its role starts with nothing but the log and X-Ray; `may` adds actions on named things.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        ground: Ground,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.name = name
        plan, self._grants = PLANS[name], ground.grants
        log = LogGroup(
            self, "Log", retention=RetentionDays.ONE_MONTH, removal_policy=ground.removal
        )
        self.role = Role(self, "Role", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
        log.grant_write(self.role)
        self.function = Function(
            self,
            "Function",
            architecture=ground.architecture,
            code=ground.code(name),
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

    def may(
        self, *actions: str, on: str | list[str], only: Mapping[str, Any] | None = None
    ) -> None:
        """Allow these actions on exactly these resources, under the conditions of `only`."""
        resources = [on] if isinstance(on, str) else on
        self.role.add_to_policy(self._grants.statement(actions, resources, only))

    def may_outside(self, *actions: str, of: str) -> None:
        """Allow these actions on what `of` does not name, such as telephones, which have no ARN."""
        self.role.add_to_policy(PolicyStatement(actions=list(actions), not_resources=[of]))

    def may_call_itself(self) -> None:
        """Through a queue, as often as it must; it sees to it that every round gets on."""
        function = self.function.node.default_child
        if isinstance(function, CfnFunction):
            function.recursive_loop = "Allow"

    def works_off(self, work: WorkQueue) -> None:
        """Take batches from the queue; what fails in a batch comes again alone."""
        self.function.add_event_source(
            SqsEventSource(
                work.queue,
                batch_size=work.batch,
                max_batching_window=work.gather,
                max_concurrency=work.at_once,
                report_batch_item_failures=True,
            )
        )
        self.may("sqs:SendMessage", on=work.dead_letters.queue.queue_arn)

    def follows(self, table: Table, *, failures: DeadLetters) -> None:
        """Read the table's stream from its beginning; `failures` is told which records were lost.

        A stream waits for whoever fails, so a batch is halved and tried only a few times.
        """
        self.function.add_event_source(
            DynamoEventSource(
                table,
                batch_size=100,
                bisect_batch_on_error=True,
                on_failure=SqsDlq(failures.queue),
                report_batch_item_failures=True,
                retry_attempts=5,
                starting_position=StartingPosition.TRIM_HORIZON,
            )
        )
        # One figure is of all that it follows.
        if not self.node.try_find_child("Behind"):
            age = self.function.metric(
                "IteratorAge", statistic="Maximum", period=Duration.minutes(5)
            )
            why = f"{self.node.path}: what it follows is an hour ahead of it"
            ring(self, "Behind", age, why=why, bound=LATE.to_milliseconds())

    def _alarm_on_errors(self, name: str) -> None:
        why = f"Segue: {name.replace('_', ' ')} raises what it did not expect"
        ring(self, "Errors", self.function.metric_errors(period=Duration.minutes(5)), why=why)
