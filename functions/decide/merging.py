"""What `decide` merges customers with."""

from decide.settings import DecideSettings
from hub.history.adapters.decision_table import Decisions
from hub.identity.adapters.conflict_items import Conflicts
from hub.identity.adapters.identity_table import Identities
from hub.identity.adapters.merge_rules_file import merge_rules
from hub.identity.adapters.merge_table import Merges
from hub.identity.steps.merge_customers import Merger
from hub.messaging.adapters.queues import CustomerQueue
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import folder
from hub.profile.adapters.customer_table import Customers, stored_size


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
