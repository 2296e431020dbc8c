"""Telling people: target lists for their campaigns, and what all of it has brought."""

from aws_cdk import CfnParameter, Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.base.lambda_function import HubFunction
from infra.base.storage import bucket
from infra.base.work_queue import WorkQueue
from infra.delivery.providers import let_mail
from infra.deployment import Ground
from infra.profile.customer_tables import CustomerState, Records
from infra.publishing.catalogue import Catalogue


class Hourly(Construct):
    """A tick of the clock every hour in a queue, so that none is lost."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground, worker: str) -> None:
        super().__init__(scope, id_)
        self.work = WorkQueue(self, "Work", ground=ground, worker=worker, batch=1, at_once=2)
        letters = self.work.dead_letters.queue
        target = SqsQueue(self.work.queue, dead_letter_queue=letters)
        Rule(self, "Tick", schedule=Schedule.cron(minute="0"), targets=[target])


class TargetLists(Construct):
    """The lists hold addresses, so they are kept for a month; a new one is soon made."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        catalogue: Catalogue,
        state: CustomerState,
        time_zone: CfnParameter,
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = bucket(self, "Lists", ground=ground, keep=Duration.days(30))
        self.work = Hourly(self, "Hourly", ground=ground, worker="refresh_audiences").work
        self.refresher = HubFunction(
            self,
            "RefreshAudiences",
            name="refresh_audiences",
            ground=ground,
            environment={
                "AUDIENCES_BUCKET": self.bucket.bucket_name,
                "CUSTOMERS_TABLE": state.customers.table_name,
                "TIME_ZONE": time_zone.value_as_string,
                **catalogue.environment,
                **self.work.environment,
            },
        )
        self.refresher.works_off(self.work)
        catalogue.let_read(self.refresher)
        self.refresher.may("dynamodb:Scan", on=state.customers.table_arn)
        mine = self.bucket.arn_for_objects("audiences/*")
        self.refresher.may("s3:GetObject", "s3:PutObject", on=mine)
        # Without it a list that is not there yet reads as one that must not be seen.
        self.refresher.may("s3:ListBucket", on=self.bucket.bucket_arn)


class Reports(Construct):
    """What management reads. Its days are kept, so that each is folded once."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        catalogue: Catalogue,
        readers: CfnParameter,
        records: Records,
        sender: CfnParameter,
        time_zone: CfnParameter,
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = bucket(self, "Reports", ground=ground)
        self.work = Hourly(self, "Hourly", ground=ground, worker="report").work
        self.reporter = HubFunction(
            self,
            "Report",
            name="report",
            ground=ground,
            environment={
                "ARCHIVE_BUCKET": records.archive.bucket_name,
                "REPORTS_BUCKET": self.bucket.bucket_name,
                "REPORT_TO": readers.value_as_string,
                "SENDER": sender.value_as_string,
                "TIME_ZONE": time_zone.value_as_string,
                **catalogue.environment,
                **self.work.environment,
            },
        )
        self.reporter.works_off(self.work)
        catalogue.let_read(self.reporter)
        archive = records.archive
        self.reporter.may("s3:GetObject", on=archive.arn_for_objects("archive/*"))
        self.reporter.may("s3:ListBucket", on=archive.bucket_arn)
        self.reporter.may("s3:GetObject", "s3:PutObject", on=self.bucket.arn_for_objects("*"))
        # Without it a report that is not there yet reads as one that must not be seen.
        self.reporter.may("s3:ListBucket", on=self.bucket.bucket_arn)
        # With an attachment it is a raw message, which SES allows by another name.
        let_mail(self.reporter, sender, "ses:SendEmail", "ses:SendRawEmail")
