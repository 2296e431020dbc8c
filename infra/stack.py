"""The house: which rooms there are, and which doors lead from one to the other."""

from aws_cdk import CfnParameter, Duration, Stack
from constructs import Construct

from infra.audiences.target_lists import TargetLists
from infra.base.alarm_topic import Watch
from infra.base.event_bus import HubBus
from infra.base.secrets import Keyring
from infra.base.storage import bucket
from infra.decisioning.decide import Decision
from infra.delivery.channel import Actions
from infra.delivery.dispatch import Dispatch
from infra.delivery.letter_printing import PrintRoom
from infra.delivery.providers import Providers
from infra.delivery.timers import Timers
from infra.deployment import Ground
from infra.history.decision_records import Records
from infra.inbound.offers_api import Answers
from infra.intake.bus_sources import BusDoor
from infra.intake.database_polling import DatabaseDoor
from infra.intake.file_drop import FileDoor
from infra.intake.normalization import Recognition
from infra.intake.web_api import WebDoor
from infra.learning.learning import Learning, Memory
from infra.life_events.calendar import Calendar
from infra.profile.customer_tables import CustomerState
from infra.profile.mart import Mart
from infra.publishing.catalogue import Catalogue
from infra.reporting.report import Reports
from infra.surroundings.tables import Surroundings


class HubStack(Stack):
    """One event's way through the house is the order of the rooms below."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(
            scope,
            id_,
            description="Segue: every event in, one explained decision each, out on any channel",
            synthesizer=ground.synthesizer(),
        )
        self.watch = Watch(self, "Watch", ground=ground)
        self.bus = HubBus(self, "Bus", ground=ground)
        self.keyring = Keyring(self, "Keyring", ground=ground)
        self.claims = bucket(self, "Claims", ground=ground, keep=Duration.days(90))
        self.state = CustomerState(self, "State", ground=ground)
        self.records = Records(self, "Records", ground=ground)
        self.catalogue = Catalogue(self, "Catalogue", ground=ground, archive=self.records.archive)
        self.surroundings = Surroundings(self, "Surroundings", ground=ground)
        self.memory = Memory(self, "Memory", ground=ground)
        self.sender = self._sender(ground)
        self._ways_in(ground)
        self._middle(ground)
        self._ways_out(ground)
        self._telling(ground)

    def _ways_in(self, ground: Ground) -> None:
        self.web = WebDoor(
            self,
            "WebDoor",
            ground=ground,
            bus=self.bus,
            claims=self.claims,
            keyring=self.keyring,
        )
        self.databases = DatabaseDoor(
            self,
            "DatabaseDoor",
            ground=ground,
            bus=self.bus,
            claims=self.claims,
            keyring=self.keyring,
            parked=self.records.parked,
        )

    def _middle(self, ground: Ground) -> None:
        self.decision = Decision(
            self,
            "Decision",
            ground=ground,
            state=self.state,
            catalogue=self.catalogue,
            records=self.records,
            surroundings=self.surroundings,
            memory=self.memory,
        )
        self.recognition = Recognition(
            self,
            "Recognition",
            ground=ground,
            bus=self.bus,
            claims=self.claims,
            state=self.state,
            records=self.records,
            customers=self.decision.work,
            surroundings=self.surroundings,
        )
        self.files = FileDoor(
            self,
            "FileDoor",
            ground=ground,
            bus=self.bus,
            events=self.recognition.work,
            customers=self.decision.work,
        )
        self.buses = BusDoor(self, "BusDoor", ground=ground, work=self.recognition.work)
        self.answers = Answers(
            self,
            "Answers",
            ground=ground,
            bus=self.bus,
            catalogue=self.catalogue,
            door=self.web,
            keyring=self.keyring,
            memory=self.memory,
            records=self.records,
            state=self.state,
            surroundings=self.surroundings,
        )

        self.mart = Mart(self, "Mart", ground=ground, bus=self.bus)
        self.calendar = Calendar(
            self,
            "Calendar",
            ground=ground,
            bus=self.bus,
            customers=self.decision.work,
            state=self.state,
        )

    def _ways_out(self, ground: Ground) -> None:
        actions = Actions(self, "Actions", ground=ground)
        self.learning = Learning(self, "Learning", ground=ground, bus=self.bus, memory=self.memory)
        self.dispatch = Dispatch(
            self,
            "Dispatch",
            ground=ground,
            actions=actions.topic,
            bus=self.bus,
            state=self.state,
            records=self.records,
            surroundings=self.surroundings,
            timers=Timers(self, "Timers", ground=ground, rings=self.decision.work),
        )
        self.providers = Providers(
            self,
            "Providers",
            ground=ground,
            actions=actions,
            bus=self.bus,
            catalogue=self.catalogue,
            keyring=self.keyring,
            public_url=self.web.api.api_endpoint,
            records=self.records,
            sender=self.sender,
            state=self.state,
        )

        self.print_room = PrintRoom(
            self,
            "PrintRoom",
            ground=ground,
            actions=actions,
            bus=self.bus,
            catalogue=self.catalogue,
            records=self.records,
            return_address=self._return_address(),
            state=self.state,
        )

    def _telling(self, ground: Ground) -> None:
        self.time_zone = self._time_zone()
        self.lists = TargetLists(
            self,
            "TargetLists",
            ground=ground,
            catalogue=self.catalogue,
            state=self.state,
            time_zone=self.time_zone,
        )
        self.reports = Reports(
            self,
            "Reports",
            ground=ground,
            catalogue=self.catalogue,
            readers=self._readers(),
            records=self.records,
            sender=self.sender,
            time_zone=self.time_zone,
        )

    def _readers(self) -> CfnParameter:
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
            description="The owner's time zone, in which the days of reports and lists begin",
        )

    def _sender(self, ground: Ground) -> CfnParameter:
        """The one thing only its owner knows; CloudFormation remembers it from then on."""
        return CfnParameter(
            self,
            "Sender",
            allowed_pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
            constraint_description="an e-mail address verified in SES, or of a verified domain",
            default=ground.sender,
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
