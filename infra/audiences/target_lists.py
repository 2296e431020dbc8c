"""Target lists for campaigns."""

from aws_cdk import CfnParameter, Duration
from constructs import Construct

from infra.base.hourly_tick import HourlyTick
from infra.base.lambda_function import HubFunction
from infra.base.storage import create_bucket
from infra.deployment import Deployment
from infra.profile.customer_tables import CustomerTables
from infra.publishing.catalogue import Catalogue


class TargetLists(Construct):
    """The bucket of the lists and the function that refreshes them.

    The lists hold addresses, so they are kept for a month only. A new list is quickly made.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        catalogue: Catalogue,
        customer_tables: CustomerTables,
        time_zone: CfnParameter,
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = create_bucket(
            self, "Lists", deployment=deployment, retention=Duration.days(30)
        )
        self.work = HourlyTick(
            self, "Hourly", deployment=deployment, function="refresh_audiences"
        ).work
        self.refresher = HubFunction(
            self,
            "RefreshAudiences",
            name="refresh_audiences",
            deployment=deployment,
            environment={
                "AUDIENCES_BUCKET": self.bucket.bucket_name,
                "CUSTOMERS_TABLE": customer_tables.customers.table_name,
                "TIME_ZONE": time_zone.value_as_string,
                **catalogue.environment,
                **customer_tables.refusals_environment,
                **self.work.environment,
            },
        )
        self.refresher.consume(self.work)
        catalogue.grant_reading(self.refresher)
        customer_tables.grant_reading_refusals(self.refresher)
        self.refresher.allow("dynamodb:Scan", on=customer_tables.customers.table_arn)
        mine = self.bucket.arn_for_objects("audiences/*")
        self.refresher.allow("s3:GetObject", "s3:PutObject", on=mine)
        # Without it S3 answers 403 instead of 404 for a list that does not exist yet.
        self.refresher.allow("s3:ListBucket", on=self.bucket.bucket_arn)
