"""Small real implementations of every port, in memory; the adapters' contract tests hold them to
the truth."""

from tests.fakes.calendar import Calendar, Mart
from tests.fakes.capacity import Capacity, Things
from tests.fakes.catalogue import CatalogueRows, CatalogueStore, RecordedEvents, Rollbacks
from tests.fakes.clock import FixedClock
from tests.fakes.connectors import Http, Throttles, Tokens, Visibility
from tests.fakes.databases import Database, Watermarks
from tests.fakes.flows import Bus, CustomerQueue, DeadLetters, RetryQueue, Schedule, Topic
from tests.fakes.identities import Conflicts, Identities, Merges
from tests.fakes.learned import Learned
from tests.fakes.objects import Archive, Claims, Files, Warehouse
from tests.fakes.printing import Letters, Press, typeset
from tests.fakes.providers import CallCentre, Mail, Push, ReportMail, TextMessages
from tests.fakes.tables import Customers, Decisions, Everybody, Ledger, Parked

__all__ = [
    "Archive",
    "Bus",
    "Calendar",
    "CallCentre",
    "Capacity",
    "CatalogueRows",
    "CatalogueStore",
    "Claims",
    "Conflicts",
    "CustomerQueue",
    "Customers",
    "Database",
    "DeadLetters",
    "Decisions",
    "Everybody",
    "Files",
    "FixedClock",
    "Http",
    "Identities",
    "Learned",
    "Ledger",
    "Letters",
    "Mail",
    "Mart",
    "Merges",
    "Parked",
    "Press",
    "Push",
    "RecordedEvents",
    "ReportMail",
    "RetryQueue",
    "Rollbacks",
    "Schedule",
    "TextMessages",
    "Things",
    "Throttles",
    "Tokens",
    "Topic",
    "Visibility",
    "Warehouse",
    "Watermarks",
    "typeset",
]
