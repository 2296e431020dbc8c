"""Small real implementations of every port, in memory; the adapters' contract tests hold them to
the truth."""

from tests.fakes.address_refusals import AddressRefusalStore
from tests.fakes.calendar import Calendar, Mart
from tests.fakes.capacity import CapacityClaims, FactStore
from tests.fakes.catalogue import CatalogueRows, CatalogueStore, RecordedEvents, RollbackRequests
from tests.fakes.clock import FixedClock
from tests.fakes.connectors import OAuthTokens, OutboundHttp, ThrottleStates, Visibility
from tests.fakes.databases import SourceDatabase, Watermarks
from tests.fakes.event_marks import EventMarks
from tests.fakes.identities import Identities, KeyConflicts, Merges
from tests.fakes.key_counts import KeyCounts
from tests.fakes.learned_counters import LearnedCounters
from tests.fakes.messaging import (
    ActionTopic,
    Bus,
    CustomerQueue,
    DeadLetters,
    RetryQueue,
    TimerSchedule,
)
from tests.fakes.object_storage import Archive, ClaimCheck, Files, Warehouse
from tests.fakes.printing import PrintStore, WaitingLetters, typeset
from tests.fakes.providers import CallCentre, Mail, PushMessages, ReportMail, TextMessages
from tests.fakes.tables import (
    ActionLedger,
    Customers,
    CustomerScan,
    Decisions,
    ParkedEvents,
    ParkedPayloads,
)

__all__ = [
    "ActionLedger",
    "ActionTopic",
    "AddressRefusalStore",
    "Archive",
    "Bus",
    "Calendar",
    "CallCentre",
    "CapacityClaims",
    "CatalogueRows",
    "CatalogueStore",
    "ClaimCheck",
    "CustomerQueue",
    "CustomerScan",
    "Customers",
    "DeadLetters",
    "Decisions",
    "EventMarks",
    "FactStore",
    "Files",
    "FixedClock",
    "Identities",
    "KeyConflicts",
    "KeyCounts",
    "LearnedCounters",
    "Mail",
    "Mart",
    "Merges",
    "OAuthTokens",
    "OutboundHttp",
    "ParkedEvents",
    "ParkedPayloads",
    "PrintStore",
    "PushMessages",
    "RecordedEvents",
    "ReportMail",
    "RetryQueue",
    "RollbackRequests",
    "SourceDatabase",
    "TextMessages",
    "ThrottleStates",
    "TimerSchedule",
    "Visibility",
    "WaitingLetters",
    "Warehouse",
    "Watermarks",
    "typeset",
]
