"""normalize: deliveries off the bus into canonical events of known customers."""

from functools import cache
from typing import Any
from uuid import uuid4

from hub.adapters.bus import Bus
from hub.adapters.claims import Claims
from hub.adapters.conflicts import Conflicts
from hub.adapters.identities import Identities
from hub.adapters.namespaces import namespaces
from hub.adapters.parked import Parked
from hub.adapters.queue import CustomerQueue
from hub.adapters.schemas import folder
from hub.adapters.sources import sources
from hub.adapters.things import Things
from hub.adapters.traces import Traces
from hub.entry.queues import consume
from hub.settings import NormalizeSettings, read
from hub.steps.normalize import Normalizer
from hub.steps.noting import Noting
from hub.steps.resolve import Resolver
from hub.steps.tracing import Tracing


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
