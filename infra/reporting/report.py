"""Telling people: target lists for their campaigns, and what all of it has brought."""

from aws_cdk import CfnParameter
from constructs import Construct

from infra.base.hourly_tick import Hourly
from infra.base.lambda_function import HubFunction
from infra.base.storage import bucket
from infra.delivery.providers import let_mail
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.publishing.catalogue import Catalogue


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
