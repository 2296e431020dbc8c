"""A queue that gets a tick of the clock every hour."""

from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment


class HourlyTick(Construct):
    """A tick every hour in a queue of its own, so that no tick is lost."""

    def __init__(
        self, scope: Construct, id_: str, *, deployment: Deployment, function: str
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(
            self, "Work", deployment=deployment, function=function, batch=1, max_concurrency=2
        )
        letters = self.work.dead_letters.queue
        target = SqsQueue(self.work.queue, dead_letter_queue=letters)
        Rule(self, "Tick", schedule=Schedule.cron(minute="0"), targets=[target])
