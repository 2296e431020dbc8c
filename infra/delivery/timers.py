"""Waits: schedules that put an event into the customer's own queue when their time has come."""

from aws_cdk import Stack
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_scheduler import CfnScheduleGroup
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.work_queue import DeadLetters, WorkQueue
from infra.deployment import Ground


class Timers(Construct):
    """A group of schedules, and the role that the scheduler takes to ring."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground, rings: WorkQueue) -> None:
        super().__init__(scope, id_)
        self.rings = rings
        self.dead_letters = DeadLetters(self, "DeadLetters", ground=ground)
        self._queue_arn = rings.queue.queue_arn
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
        """What is needed to set a timer."""
        return {
            "CUSTOMER_QUEUE_ARN": self._queue_arn,
            "SCHEDULE_DEAD_LETTERS_ARN": self._dead_letters_arn,
            "SCHEDULE_GROUP": self._group.ref,
            "SCHEDULE_ROLE_ARN": self._role.role_arn,
        }

    def let_set(self, function: HubFunction) -> None:
        """Let it set timers in this group, and hand this role to the scheduler alone."""
        schedules = Stack.of(self).format_arn(
            service="scheduler", resource="schedule", resource_name=f"{self._group.ref}/*"
        )
        function.may("scheduler:CreateSchedule", on=schedules)
        function.role.add_to_policy(
            PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self._role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
            )
        )
