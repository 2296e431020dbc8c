"""Small real implementations of every port, in memory; the adapters' contract tests hold them to
the truth."""

from tests.fakes.catalogue import CatalogueRows, CatalogueStore
from tests.fakes.clock import FixedClock
from tests.fakes.flows import Bus, CustomerQueue, DeadLetters, RetryQueue, Schedule, Topic
from tests.fakes.learned import Learned
from tests.fakes.objects import Claims, Files, Warehouse
from tests.fakes.providers import CallCentre, Mail
from tests.fakes.tables import Customers, Decisions, Identities, Ledger, Parked

__all__ = [
    "Bus",
    "CallCentre",
    "CatalogueRows",
    "CatalogueStore",
    "Claims",
    "CustomerQueue",
    "Customers",
    "DeadLetters",
    "Decisions",
    "Files",
    "FixedClock",
    "Identities",
    "Learned",
    "Ledger",
    "Mail",
    "Parked",
    "RetryQueue",
    "Schedule",
    "Topic",
    "Warehouse",
]
