"""Answers at once: a page, an app or an agent's screen asks which offers suit a customer."""

from aws_cdk.aws_apigatewayv2 import HttpMethod
from constructs import Construct

from infra.base.event_bus import HubBus
from infra.base.lambda_function import HubFunction
from infra.base.secrets import Keyring
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.intake.web_api import WebDoor
from infra.learning.learning import Memory
from infra.profile.customer_tables import CustomerState
from infra.publishing.catalogue import Catalogue
from infra.surroundings.tables import Surroundings

# A page asks under a key that anybody may read.
MOST_A_SECOND = 500


class Answers(Construct):
    """`POST /decisions`, `/responses` and `/render`, the view of a customer and the page of their
    preferences, at the web entrance.

    It writes no customer.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        bus: HubBus,
        catalogue: Catalogue,
        door: WebDoor,
        keyring: Keyring,
        memory: Memory,
        records: Records,
        state: CustomerState,
        surroundings: Surroundings,
    ) -> None:
        super().__init__(scope, id_)
        self.answerer = HubFunction(
            self,
            "Answer",
            name="answer",
            ground=ground,
            environment={
                "ARCHIVE_BUCKET": records.archive.bucket_name,
                "ASKER_KEYS": keyring.askers,
                "BUS_NAME": bus.bus.event_bus_name,
                "CUSTOMERS_TABLE": state.customers.table_name,
                "DECISIONS_TABLE": records.decisions.table_name,
                "IDENTITIES_TABLE": state.identities.table_name,
                "LINK_KEYS": keyring.links,
                **catalogue.environment,
                **memory.environment,
                **surroundings.environment,
            },
        )
        catalogue.let_read(self.answerer)
        memory.let_read(self.answerer)
        surroundings.let_read(self.answerer)
        self.answerer.may("dynamodb:BatchGetItem", on=state.identities.table_arn)
        self.answerer.may("dynamodb:BatchWriteItem", on=records.decisions.table_arn)
        self.answerer.may("dynamodb:GetItem", on=state.customers.table_arn)
        self.answerer.may("events:PutEvents", on=bus.bus.event_bus_arn)
        self.answerer.may("s3:PutObject", on=records.archive.arn_for_objects("surroundings/*"))
        self.answerer.may("secretsmanager:GetSecretValue", on=[keyring.askers, keyring.links])
        preferences = "/preferences/{token}"
        asked = ("/decisions", "/responses")
        shown = ("/customers/{namespace}/{value}", "/segue.js", preferences)
        door.open(self.answerer, HttpMethod.POST, *asked, most=MOST_A_SECOND)
        door.open(self.answerer, HttpMethod.POST, "/render", preferences)
        door.open(self.answerer, HttpMethod.GET, *shown)
