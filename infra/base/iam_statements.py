"""How a grant is written down: as AWS reads it, or as the emulator does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_cdk.aws_iam import PolicyStatement


@dataclass(frozen=True, slots=True)
class Grants:
    """`batched`: actions whose batch form has to be allowed by itself.

    `unplaced`: actions that are not checked on the resource they are done to.
    """

    batched: Mapping[str, str] = field(default_factory=dict)
    unplaced: frozenset[str] = frozenset()

    def statement(
        self,
        actions: Iterable[str],
        resources: Iterable[str],
        only: Mapping[str, Any] | None = None,
    ) -> PolicyStatement:
        """Allow these actions on exactly these resources, under the conditions of `only`."""
        asked = list(actions)
        batches = [self.batched[action] for action in asked if action in self.batched]
        anywhere = not self.unplaced.isdisjoint(asked)
        return PolicyStatement(
            actions=[*asked, *batches],
            conditions=None if anywhere else only,
            resources=["*"] if anywhere else list(resources),
        )


AS_AWS_READS_THEM = Grants()
# AWS allows a batch by the single action, SES by the identity, the scheduler by the group.
AS_MINISTACK_READS_THEM = Grants(
    batched={"sns:Publish": "sns:PublishBatch", "sqs:SendMessage": "sqs:SendMessageBatch"},
    unplaced=frozenset({"scheduler:CreateSchedule", "ses:SendEmail"}),
)
