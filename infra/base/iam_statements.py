"""IAM statements as AWS evaluates them, or as the emulator does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_cdk.aws_iam import PolicyStatement


@dataclass(frozen=True, slots=True)
class StatementBuilder:
    """`batch_actions`: actions whose batch form needs a permission of its own.

    `unscoped_actions`: actions that are checked without their resource.
    """

    batch_actions: Mapping[str, str] = field(default_factory=dict)
    unscoped_actions: frozenset[str] = frozenset()

    def allow(
        self,
        actions: Iterable[str],
        resources: Iterable[str],
        only: Mapping[str, Any] | None = None,
    ) -> PolicyStatement:
        """Allow these actions on exactly these resources, under the conditions of `only`."""
        wanted = list(actions)
        batch_forms = [
            self.batch_actions[action] for action in wanted if action in self.batch_actions
        ]
        is_unscoped = not self.unscoped_actions.isdisjoint(wanted)
        return PolicyStatement(
            actions=[*wanted, *batch_forms],
            conditions=None if is_unscoped else only,
            resources=["*"] if is_unscoped else list(resources),
        )


FOR_AWS = StatementBuilder()
# AWS allows a batch by the single action, SES by the identity, the scheduler by the group.
FOR_MINISTACK = StatementBuilder(
    batch_actions={"sns:Publish": "sns:PublishBatch", "sqs:SendMessage": "sqs:SendMessageBatch"},
    unscoped_actions=frozenset({"scheduler:CreateSchedule", "ses:SendEmail"}),
)
