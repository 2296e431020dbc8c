"""The bus: every event, decision and outcome passes here, and any application may listen."""

from aws_cdk import Duration
from aws_cdk.aws_events import EventBus, EventPattern, IEventBus, Match, Rule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.ground import Ground
from infra.queues import WorkQueue


class HubBus(Construct):
    """The hub's own bus, with ninety days of it kept for replay where archives exist."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.bus = EventBus(self, "Bus", description="Segue: events, decisions, outcomes")
        if ground.archive:
            self.bus.archive(
                "Archive",
                event_pattern=EventPattern(source=Match.prefix("segue.")),
                retention=Duration.days(90),
            )


class Delivery(Construct):
    """A rule that carries matching events to a queue, and what it cannot carry to the dead."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        pattern: EventPattern,
        to: WorkQueue,
        bus: IEventBus | None = None,
    ) -> None:
        super().__init__(scope, id_)
        Rule(
            self,
            "Rule",
            event_bus=bus,
            event_pattern=pattern,
            targets=[SqsQueue(to.queue, dead_letter_queue=to.dead_letters.queue)],
        )
