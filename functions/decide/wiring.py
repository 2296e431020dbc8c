"""The step of `decide` that merges customers, with its adapters."""

from decide.settings import DecideSettings
from hub.history.adapters.decision_table import Decisions
from hub.identity.adapters.conflict_items import KeyConflicts
from hub.identity.adapters.identity_table import Identities
from hub.identity.adapters.merge_rules_file import load_merge_rules
from hub.identity.adapters.merge_table import Merges
from hub.identity.steps.merge_customers import MergeCustomers
from hub.messaging.adapters.queues import CustomerQueue
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.profile.adapters.customer_table import Customers, size_in_bytes
from hub.profile.adapters.event_mark_table import EventMarkTable


def merge_customers(settings: DecideSettings) -> MergeCustomers:
    return MergeCustomers(
        customers=Customers(settings.customers_table),
        identities=Identities(settings.identities_table),
        merges=Merges(settings.merges_table, settings.customers_table, settings.identities_table),
        conflicts=KeyConflicts(settings.merges_table),
        decisions=Decisions(settings.decisions_table),
        queue=CustomerQueue(settings.customer_queue_url),
        marks=EventMarkTable(settings.event_marks_table),
        rules=load_merge_rules(find_schemas_folder()),
        size=size_in_bytes,
        clock=clock.now,
    )
