"""Where the hub learns: from what was decided and answered to what the next decision believes."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, Match
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import Delivery, HubBus
from infra.base.lambda_function import HubFunction
from infra.base.storage import table
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground

AT_ONCE = 2


class Memory(Construct):
    """The learner's counters, and for a while a mark for each lesson that is in them."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.learned = table(self, "Learned", ground=ground, key="offer", sort="cell")
        self.lessons = table(self, "Lessons", ground=ground, key="lesson_id", expires=True)

    @property
    def environment(self) -> dict[str, str]:
        """Where what was learned is found."""
        return {"LEARNED_TABLE": self.learned.table_name}

    def let_read(self, function: HubFunction) -> None:
        function.may("dynamodb:BatchGetItem", on=self.learned.table_arn)


class Learning(Construct):
    """Decisions with lessons come off the bus and are learned a batch at a time, by few at once:
    all lessons of a channel meet in one item."""

    def __init__(
        self, scope: Construct, id_: str, *, ground: Ground, bus: HubBus, memory: Memory
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(
            self,
            "Work",
            ground=ground,
            worker="learn",
            batch=100,
            gather=Duration.seconds(1),
            at_once=AT_ONCE,
        )
        Delivery(
            self,
            "Taught",
            bus=bus.bus,
            pattern=EventPattern(
                source=[bus_records.DECISION], detail={"lessons": {"id": Match.exists()}}
            ),
            to=self.work,
        )
        self.learner = HubFunction(
            self,
            "Learn",
            name="learn",
            ground=ground,
            environment={
                **memory.environment,
                "LESSONS_TABLE": memory.lessons.table_name,
                **self.work.environment,
            },
        )
        self.learner.works_off(self.work)
        # A transaction is allowed by the actions it is made of.
        self.learner.may("dynamodb:UpdateItem", on=memory.learned.table_arn)
        self.learner.may("dynamodb:PutItem", on=memory.lessons.table_arn)
