"""Target lists for campaigns."""

from aws_cdk import CfnParameter, Duration
from constructs import Construct

from infra.base.hourly_tick import Hourly
from infra.base.lambda_function import HubFunction
from infra.base.storage import bucket
from infra.deployment import Ground
from infra.profile.customer_tables import CustomerState
from infra.publishing.catalogue import Catalogue


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
