"""The one stack: all constructs, and how they are connected."""

from aws_cdk import CfnParameter, Duration, Stack
from constructs import Construct

from infra.audiences.target_lists import TargetLists
from infra.base.alarm_topic import AlarmTopic
from infra.base.event_bus import HubBus
from infra.base.secrets import Secrets
from infra.base.storage import create_bucket
from infra.decisioning.decide import Decisioning
from infra.delivery.channel import ActionTopic
from infra.delivery.dispatch import Dispatch
from infra.delivery.letter_printing import LetterPrinting
from infra.delivery.providers import Providers
from infra.delivery.timers import Timers
from infra.deployment import Deployment
from infra.history.decision_records import DecisionRecords
from infra.inbound.offers_api import OffersApi
from infra.intake.bus_sources import BusSources
from infra.intake.database_polling import DatabasePolling
from infra.intake.file_drop import FileDrop
from infra.intake.normalization import Normalization
from infra.intake.web_api import WebApi
from infra.learning.learner import LearnerTables, Learning
from infra.life_events.calendar import Calendar
from infra.profile.customer_tables import CustomerTables
from infra.profile.mart import Mart
from infra.publishing.catalogue import Catalogue
from infra.reporting.report import Reports
from infra.surroundings.tables import Surroundings


class HubStack(Stack):
    """The constructs are in the order in which an event passes them."""

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            id_,
            description="Segue: every event in, one explained decision each, out on any channel",
            synthesizer=deployment.synthesizer(),
        )
        self.alarm_topic = AlarmTopic(self, "Watch", deployment=deployment)
        self.bus = HubBus(self, "Bus", deployment=deployment)
        self.secrets = Secrets(self, "Keyring", deployment=deployment)
        self.claim_checks = create_bucket(
            self, "Claims", deployment=deployment, retention=Duration.days(90)
        )
        self.customer_tables = CustomerTables(self, "State", deployment=deployment)
        self.records = DecisionRecords(self, "Records", deployment=deployment)
        self.catalogue = Catalogue(
            self, "Catalogue", deployment=deployment, archive=self.records.archive
        )
        self.surroundings = Surroundings(self, "Surroundings", deployment=deployment)
        self.learner_tables = LearnerTables(self, "Memory", deployment=deployment)
        self.sender = self._sender(deployment)
        self.time_zone = self._time_zone()
        self._create_intake(deployment)
        self._create_decisioning(deployment)
        self._create_delivery(deployment)
        self._create_reporting(deployment)

    def _create_intake(self, deployment: Deployment) -> None:
        self.web_api = WebApi(
            self,
            "WebDoor",
            deployment=deployment,
            bus=self.bus,
            claim_checks=self.claim_checks,
            secrets=self.secrets,
        )
        self.database_polling = DatabasePolling(
            self,
            "DatabaseDoor",
            deployment=deployment,
            bus=self.bus,
            claim_checks=self.claim_checks,
            secrets=self.secrets,
            parked=self.records.parked,
        )

    def _create_decisioning(self, deployment: Deployment) -> None:
        self.decisioning = Decisioning(
            self,
            "Decision",
            deployment=deployment,
            customer_tables=self.customer_tables,
            catalogue=self.catalogue,
            records=self.records,
            surroundings=self.surroundings,
            learner_tables=self.learner_tables,
            time_zone=self.time_zone,
        )
        self.normalization = Normalization(
            self,
            "Recognition",
            deployment=deployment,
            bus=self.bus,
            claim_checks=self.claim_checks,
            customer_tables=self.customer_tables,
            records=self.records,
            customers=self.decisioning.work,
            surroundings=self.surroundings,
        )
        self.file_drop = FileDrop(
            self,
            "FileDoor",
            deployment=deployment,
            bus=self.bus,
            events=self.normalization.work,
            customers=self.decisioning.work,
        )
        self.bus_sources = BusSources(
            self, "BusDoor", deployment=deployment, work=self.normalization.work
        )
        self.offers_api = OffersApi(
            self,
            "Answers",
            deployment=deployment,
            bus=self.bus,
            catalogue=self.catalogue,
            web_api=self.web_api,
            secrets=self.secrets,
            learner_tables=self.learner_tables,
            records=self.records,
            customer_tables=self.customer_tables,
            surroundings=self.surroundings,
            time_zone=self.time_zone,
        )

        self.mart = Mart(self, "Mart", deployment=deployment, bus=self.bus)
        self.calendar = Calendar(
            self,
            "Calendar",
            deployment=deployment,
            bus=self.bus,
            customers=self.decisioning.work,
            customer_tables=self.customer_tables,
            time_zone=self.time_zone,
        )

    def _create_delivery(self, deployment: Deployment) -> None:
        actions = ActionTopic(self, "Actions", deployment=deployment)
        self.learning = Learning(
            self,
            "Learning",
            deployment=deployment,
            bus=self.bus,
            learner_tables=self.learner_tables,
        )
        self.dispatch = Dispatch(
            self,
            "Dispatch",
            deployment=deployment,
            actions=actions.topic,
            bus=self.bus,
            customer_tables=self.customer_tables,
            records=self.records,
            surroundings=self.surroundings,
            timers=Timers(self, "Timers", deployment=deployment, queue=self.decisioning.work),
        )
        self.providers = Providers(
            self,
            "Providers",
            deployment=deployment,
            actions=actions,
            bus=self.bus,
            catalogue=self.catalogue,
            secrets=self.secrets,
            public_url=self.web_api.api.api_endpoint,
            records=self.records,
            sender=self.sender,
            customer_tables=self.customer_tables,
        )

        self.letter_printing = LetterPrinting(
            self,
            "PrintRoom",
            deployment=deployment,
            actions=actions,
            bus=self.bus,
            catalogue=self.catalogue,
            records=self.records,
            return_address=self._return_address(),
            customer_tables=self.customer_tables,
        )

    def _create_reporting(self, deployment: Deployment) -> None:
        self.target_lists = TargetLists(
            self,
            "TargetLists",
            deployment=deployment,
            catalogue=self.catalogue,
            customer_tables=self.customer_tables,
            time_zone=self.time_zone,
        )
        self.reports = Reports(
            self,
            "Reports",
            deployment=deployment,
            catalogue=self.catalogue,
            readers=self._report_to(),
            records=self.records,
            sender=self.sender,
            time_zone=self.time_zone,
        )

    def _report_to(self) -> CfnParameter:
        return CfnParameter(
            self,
            "ReportTo",
            default="nobody",
            description="Who gets the daily report by e-mail: addresses, separated by commas",
        )

    def _time_zone(self) -> CfnParameter:
        return CfnParameter(
            self,
            "TimeZone",
            allowed_pattern=r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*",
            constraint_description="an IANA time zone, such as Europe/Berlin",
            default="UTC",
            description="The owner's time zone, for reports, lists and customers without a zone",
        )

    def _sender(self, deployment: Deployment) -> CfnParameter:
        """Return the parameter that only the owner can answer. CloudFormation remembers it."""
        return CfnParameter(
            self,
            "Sender",
            allowed_pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
            constraint_description="an e-mail address verified in SES, or of a verified domain",
            default=deployment.default_sender,
            description="The address the hub's e-mails come from, verified in SES",
        )

    def _return_address(self) -> CfnParameter:
        return CfnParameter(
            self,
            "ReturnAddress",
            default="none",
            description="The sender on letters, name and address parted by commas; none where the"
            " paper has a letterhead",
        )
