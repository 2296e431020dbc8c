"""Learning: decisions and responses become the counters that the next decision reads."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, Match
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import HubBus, QueueRule
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_table
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment

MAX_CONCURRENCY = 2


class LearnerTables(Construct):
    """The learner's counters, and for a while the ids of the feedback that is counted."""

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        self.learned = create_table(
            self, "Learned", deployment=deployment, key="offer", sort="cell"
        )
        self.lessons = create_table(
            self, "Lessons", deployment=deployment, key="lesson_id", expires=True
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a function finds the counters."""
        return {"LEARNED_TABLE": self.learned.table_name}

    def grant_reading(self, function: HubFunction) -> None:
        function.allow("dynamodb:BatchGetItem", on=self.learned.table_arn)


class Learning(Construct):
    """Decisions with feedback come from the bus and are learned in batches.

    Few batches run at once, because all feedback of a channel changes one item.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        bus: HubBus,
        learner_tables: LearnerTables,
    ) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(
            self,
            "Work",
            deployment=deployment,
            function="learn",
            batch=100,
            batching_window=Duration.seconds(1),
            max_concurrency=MAX_CONCURRENCY,
        )
        QueueRule(
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
            deployment=deployment,
            environment={
                **learner_tables.environment,
                "LESSONS_TABLE": learner_tables.lessons.table_name,
                **self.work.environment,
            },
        )
        self.learner.consume(self.work)
        # IAM allows a transaction by the actions it consists of.
        self.learner.allow("dynamodb:UpdateItem", on=learner_tables.learned.table_arn)
        self.learner.allow("dynamodb:PutItem", on=learner_tables.lessons.table_arn)
