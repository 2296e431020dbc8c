"""normalize: deliveries off the bus into canonical events of known customers."""

from functools import cache
from typing import Any
from uuid import uuid4

from hub.delivery.adapters.ledger_trace_index import Traces
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.identity.adapters.conflict_items import Conflicts
from hub.identity.adapters.identity_table import Identities
from hub.identity.adapters.namespaces_file import namespaces
from hub.identity.steps.resolve_identities import Resolver
from hub.intake.adapters.parked_table import Parked
from hub.intake.adapters.source_catalogue import sources
from hub.intake.steps.normalize_events import Normalizer
from hub.measurement.steps.trace_actions import Tracing
from hub.messaging.adapters.claim_check import Claims
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import CustomerQueue
from hub.platform.adapters.schema_folder import folder
from hub.surroundings.adapters.fact_table import Things
from hub.surroundings.steps.record_facts import Noting
from normalize.settings import NormalizeSettings


@cache
def settings() -> NormalizeSettings:
    return read(NormalizeSettings)


@cache
def normalizer() -> Normalizer:
    return Normalizer(
        sources=sources(),
        resolver=Resolver(
            identities=Identities(settings().identities_table),
            namespaces=namespaces(folder()),
            new_id=lambda: f"c-{uuid4().hex}",
            conflicts=Conflicts(settings().merges_table),
            queue=CustomerQueue(settings().customer_queue_url),
        ),
        claims=Claims(settings().claims_bucket),
        parked=Parked(settings().parked_table),
        queue=CustomerQueue(settings().customer_queue_url),
        bus=Bus(settings().bus_name),
        noting=Noting(Things(settings().surroundings_table), Bus(settings().bus_name)),
        tracing=Tracing(Traces(settings().ledger_table)),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, normalizer(), settings=settings(), stage="normalize")
