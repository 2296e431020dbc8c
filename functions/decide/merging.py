"""What `decide` merges customers with."""

from hub.adapters import clock
from hub.adapters.conflicts import Conflicts
from hub.adapters.customers import Customers, stored_size
from hub.adapters.decisions import Decisions
from hub.adapters.identities import Identities
from hub.adapters.merge_rules import merge_rules
from hub.adapters.merges import Merges
from hub.adapters.queue import CustomerQueue
from hub.adapters.schemas import folder
from hub.settings import DecideSettings
from hub.steps.merge import Merger


def merger(given: DecideSettings) -> Merger:
    return Merger(
        customers=Customers(given.customers_table),
        identities=Identities(given.identities_table),
        merges=Merges(given.merges_table, given.customers_table, given.identities_table),
        conflicts=Conflicts(given.merges_table),
        decisions=Decisions(given.decisions_table),
        queue=CustomerQueue(given.customer_queue_url),
        rules=merge_rules(folder()),
        size=stored_size,
        clock=clock.now,
    )
