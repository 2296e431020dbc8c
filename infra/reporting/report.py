"""Reports: what decisions led to, for management."""

from aws_cdk import CfnParameter
from constructs import Construct

from infra.base.hourly_tick import HourlyTick
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_bucket
from infra.delivery.providers import grant_sending_mail
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.publishing.catalogue import Catalogue


class Reports(Construct):
    """The bucket of the reports, which keeps each day, and the function that makes them."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        catalogue: Catalogue,
        readers: CfnParameter,
        records: DecisionRecords,
        sender: CfnParameter,
        time_zone: CfnParameter,
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = create_bucket(self, "Reports", deployment=deployment)
        self.work = HourlyTick(self, "Hourly", deployment=deployment, function="report").work
        self.reporter = HubFunction(
            self,
            "Report",
            name="report",
            deployment=deployment,
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
        self.reporter.consume(self.work)
        catalogue.grant_reading(self.reporter)
        archive = records.archive
        self.reporter.allow("s3:GetObject", on=archive.arn_for_objects("archive/*"))
        self.reporter.allow("s3:ListBucket", on=archive.bucket_arn)
        self.reporter.allow("s3:GetObject", "s3:PutObject", on=self.bucket.arn_for_objects("*"))
        # Without it S3 answers 403 instead of 404 for a report that does not exist yet.
        self.reporter.allow("s3:ListBucket", on=self.bucket.bucket_arn)
        # Mail with an attachment is a raw message, for which SES has another permission.
        grant_sending_mail(self.reporter, sender, "ses:SendEmail", "ses:SendRawEmail")
