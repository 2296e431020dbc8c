"""Timers: schedules that send an event to the customer queue when they are due."""

from aws_cdk import Stack
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_scheduler import CfnScheduleGroup
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.work_queue import DeadLetters, WorkQueue
from infra.deployment import Deployment


class Timers(Construct):
    """A group of schedules, and the role with which the scheduler sends to `queue`."""

    def __init__(
        self, scope: Construct, id_: str, *, deployment: Deployment, queue: WorkQueue
    ) -> None:
        super().__init__(scope, id_)
        self.queue = queue
        self.dead_letters = DeadLetters(self, "DeadLetters", deployment=deployment)
        self._queue_arn = queue.queue.queue_arn
        self._dead_letters_arn = self.dead_letters.queue.queue_arn
        self._group = CfnScheduleGroup(self, "Group")
        account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        self._role = Role(
            self,
            "Role",
            assumed_by=ServicePrincipal("scheduler.amazonaws.com", conditions=account),
        )
        self._role.add_to_policy(
            PolicyStatement(
                actions=["sqs:SendMessage"], resources=[self._queue_arn, self._dead_letters_arn]
            )
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a function needs to set a timer."""
        return {
            "CUSTOMER_QUEUE_ARN": self._queue_arn,
            "SCHEDULE_DEAD_LETTERS_ARN": self._dead_letters_arn,
            "SCHEDULE_GROUP": self._group.ref,
            "SCHEDULE_ROLE_ARN": self._role.role_arn,
        }

    def grant_setting(self, function: HubFunction) -> None:
        """Allow it to set timers of this group, and to pass this role to the scheduler only."""
        schedules = Stack.of(self).format_arn(
            service="scheduler", resource="schedule", resource_name=f"{self._group.ref}/*"
        )
        function.allow("scheduler:CreateSchedule", on=schedules)
        function.role.add_to_policy(
            PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self._role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
            )
        )
