"""The calendar: days in customers' lives, each announced in the hour in which it begins there."""

from aws_cdk.aws_events import EventPattern, Match, Rule, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import Delivery, HubBus
from infra.base.lambda_function import HubFunction
from infra.base.storage import table
from infra.base.work_queue import WorkQueue
from infra.deployment import Ground
from infra.profile.customer_tables import CustomerState

TOLD = {
    "Birthdays": ("traits", "person", "birthday"),
    "Anniversaries": ("traits", "person", "anniversary"),
    "Guarantees": ("properties", "guarantee_until"),
    "Replacements": ("properties", "replace_after"),
    "EndsOfLife": ("properties", "end_of_life"),
}
"""Where an event tells a day."""


class Calendar(Construct):
    """Events that tell a day and the ticks of the clock go through one queue, so that neither is
    lost: a tick that comes late still says which hour it is of."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        bus: HubBus,
        customers: WorkQueue,
        state: CustomerState,
    ) -> None:
        super().__init__(scope, id_)
        self.days = table(self, "Days", ground=ground, key="day", sort="occasion", expires=True)
        self.work = WorkQueue(self, "Work", ground=ground, worker="announce_life_events")
        for name, path in TOLD.items():
            pattern = EventPattern(source=[bus_records.EVENT], detail=_with(path))
            Delivery(self, name, bus=bus.bus, pattern=pattern, to=self.work)
        Rule(
            self,
            "Hourly",
            schedule=Schedule.cron(minute="0"),
            targets=[SqsQueue(self.work.queue, dead_letter_queue=self.work.dead_letters.queue)],
        )
        self.announcer = HubFunction(
            self,
            "AnnounceLifeEvents",
            name="announce_life_events",
            ground=ground,
            environment={
                "CALENDAR_TABLE": self.days.table_name,
                "CUSTOMER_QUEUE_URL": customers.queue.queue_url,
                "CUSTOMERS_TABLE": state.customers.table_name,
                **self.work.environment,
            },
        )
        self.announcer.works_off(self.work)
        self.announcer.may("dynamodb:Query", "dynamodb:UpdateItem", on=self.days.table_arn)
        self.announcer.may("dynamodb:GetItem", on=state.customers.table_arn)
        self.announcer.may("sqs:SendMessage", on=customers.queue.queue_arn)


def _with(path: tuple[str, ...]) -> dict[str, object]:
    inner: object = Match.exists()
    for name in reversed(path[1:]):
        inner = {name: inner}
    return {path[0]: inner}
