"""Offers on request: pages, apps and agents ask which offers suit a customer."""

from aws_cdk import CfnParameter
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Secrets
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.intake.web_api import WebApi
from infra.learning.learner import LearnerTables
from infra.profile.customer_tables import CustomerTables
from infra.publishing.catalogue import Catalogue
from infra.surroundings.tables import Surroundings


class OffersApi(Construct):
    """The function behind `/decisions`, `/responses` and `/render`, the view of a customer and the
    preference page.

    It never writes a customer.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        bus: HubBus,
        catalogue: Catalogue,
        web_api: WebApi,
        secrets: Secrets,
        learner_tables: LearnerTables,
        records: DecisionRecords,
        customer_tables: CustomerTables,
        surroundings: Surroundings,
        time_zone: CfnParameter,
    ) -> None:
        super().__init__(scope, id_)
        self.function = HubFunction(
            self,
            "Answer",
            name="answer",
            deployment=deployment,
            environment={
                "ARCHIVE_BUCKET": records.archive.bucket_name,
                "ASKER_KEYS": secrets.api_keys,
                "BUS_NAME": bus.bus.event_bus_name,
                "CUSTOMERS_TABLE": customer_tables.customers.table_name,
                "DECISIONS_TABLE": records.decisions.table_name,
                "IDENTITIES_TABLE": customer_tables.identities.table_name,
                "LINK_KEYS": secrets.link_key,
                "TIME_ZONE": time_zone.value_as_string,
                **catalogue.environment,
                **customer_tables.refusals_environment,
                **learner_tables.environment,
                **surroundings.environment,
            },
        )
        catalogue.grant_reading(self.function)
        learner_tables.grant_reading(self.function)
        surroundings.grant_reading(self.function)
        customer_tables.grant_reading_refusals(self.function)
        self.function.allow("dynamodb:BatchGetItem", on=customer_tables.identities.table_arn)
        self.function.allow("dynamodb:BatchWriteItem", on=records.decisions.table_arn)
        self.function.allow("dynamodb:GetItem", on=customer_tables.customers.table_arn)
        self.function.allow("events:PutEvents", on=bus.bus.event_bus_arn)
        self.function.allow("s3:PutObject", on=records.archive.arn_for_objects("surroundings/*"))
        self.function.allow(
            "secretsmanager:GetSecretValue", on=[secrets.api_keys, secrets.link_key]
        )
        web_api.open_routes(self.function)
