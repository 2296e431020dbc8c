"""The calendar: days in customers' lives, announced in the hour in which the day begins there."""

from aws_cdk import CfnParameter
from aws_cdk.aws_events import EventPattern, Match, Rule, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.base import bus_records
from infra.base.event_bus import HubBus, QueueRule
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_table
from infra.base.work_queue import WorkQueue
from infra.deployment import Deployment
from infra.profile.customer_tables import CustomerTables

DATE_FIELDS = {
    "Birthdays": ("traits", "person", "birthday"),
    "Anniversaries": ("traits", "person", "anniversary"),
    "Guarantees": ("properties", "guarantee_until"),
    "Replacements": ("properties", "replace_after"),
    "EndsOfLife": ("properties", "end_of_life"),
}
"""The fields of an event that hold a day."""


class Calendar(Construct):
    """The table of days, and the function that announces them.

    Events with a day and ticks of the clock share one queue, so that neither is lost: a late tick
    still says which hour it is for.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        bus: HubBus,
        customers: WorkQueue,
        customer_tables: CustomerTables,
        time_zone: CfnParameter,
    ) -> None:
        super().__init__(scope, id_)
        self.days = create_table(
            self, "Days", deployment=deployment, key="day", sort="occasion", expires=True
        )
        self.work = WorkQueue(self, "Work", deployment=deployment, function="announce_life_events")
        for name, path in DATE_FIELDS.items():
            pattern = EventPattern(source=[bus_records.EVENT], detail=_require_field(path))
            QueueRule(self, name, bus=bus.bus, pattern=pattern, to=self.work)
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
            deployment=deployment,
            environment={
                "CALENDAR_TABLE": self.days.table_name,
                "CUSTOMER_QUEUE_URL": customers.queue.queue_url,
                "CUSTOMERS_TABLE": customer_tables.customers.table_name,
                "TIME_ZONE": time_zone.value_as_string,
                **self.work.environment,
            },
        )
        self.announcer.consume(self.work)
        self.announcer.allow("dynamodb:Query", "dynamodb:UpdateItem", on=self.days.table_arn)
        self.announcer.allow("dynamodb:GetItem", on=customer_tables.customers.table_arn)
        self.announcer.allow("sqs:SendMessage", on=customers.queue.queue_arn)


def _require_field(path: tuple[str, ...]) -> dict[str, object]:
    inner: object = Match.exists()
    for name in reversed(path[1:]):
        inner = {name: inner}
    return {path[0]: inner}
