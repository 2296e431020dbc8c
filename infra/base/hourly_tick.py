"""An hourly tick of the clock in a queue."""

from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.base.work_queue import WorkQueue
from infra.deployment import Ground


class Hourly(Construct):
    """A tick of the clock every hour in a queue, so that none is lost."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground, worker: str) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(self, "Work", ground=ground, worker=worker, batch=1, at_once=2)
        letters = self.work.dead_letters.queue
        target = SqsQueue(self.work.queue, dead_letter_queue=letters)
        Rule(self, "Tick", schedule=Schedule.cron(minute="0"), targets=[target])
