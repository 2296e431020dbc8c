"""normalize: turns inbound payloads into canonical events of customers."""

from functools import cache
from uuid import uuid4

from hub.contact_policy.adapters.address_refusal_table import AddressRefusalTable
from hub.contact_policy.steps.record_statements import RecordStatements
from hub.delivery.adapters.ledger_trace_index import Traces
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import BatchResponse, consume
from hub.identity.adapters.conflict_items import KeyConflicts
from hub.identity.adapters.identity_table import Identities
from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.steps.find_customer import FindCustomer
from hub.identity.steps.resolve_identities import ResolveIdentities
from hub.intake.adapters.key_count_table import KeyCounts
from hub.intake.adapters.parked_table import ParkedPayloads
from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.steps.limit_public_keys import LimitPublicKeys
from hub.intake.steps.normalize_events import NormalizeEvents
from hub.intake.steps.refuse_for_unproven import RefuseForUnproven
from hub.kernel.json_types import Json
from hub.measurement.steps.trace_actions import TraceActions
from hub.messaging.adapters.claim_check import ClaimCheck
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import CustomerQueue
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.surroundings.adapters.fact_table import FactStore
from hub.surroundings.steps.record_facts import RecordFacts
from normalize.settings import NormalizeSettings


@cache
def settings() -> NormalizeSettings:
    """The function's environment."""
    return read_settings(NormalizeSettings)


@cache
def normalizer() -> NormalizeEvents:
    """The step with its adapters."""
    identities = Identities(settings().identities_table)
    namespaces = load_namespaces(find_schemas_folder())
    return NormalizeEvents(
        sources=load_sources(),
        resolver=ResolveIdentities(
            identities=identities,
            namespaces=namespaces,
            new_id=lambda: f"c-{uuid4().hex}",
            conflicts=KeyConflicts(settings().merges_table),
            queue=CustomerQueue(settings().customer_queue_url),
        ),
        claim_check=ClaimCheck(settings().claims_bucket),
        parked=ParkedPayloads(settings().parked_table),
        queue=CustomerQueue(settings().customer_queue_url),
        bus=Bus(settings().bus_name),
        record_facts=RecordFacts(
            FactStore(settings().surroundings_table), Bus(settings().bus_name)
        ),
        trace_actions=TraceActions(Traces(settings().ledger_table)),
        record_statements=RecordStatements(AddressRefusalTable(settings().address_refusals_table)),
        limit_public_keys=LimitPublicKeys(KeyCounts(settings().key_counts_table)),
        refuse_for_unproven=RefuseForUnproven(FindCustomer(identities, namespaces)),
    )


def handler(event: dict[str, Json], _context: object) -> BatchResponse:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, normalizer(), settings=settings(), stage="normalize")
