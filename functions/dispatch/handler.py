"""dispatch: the customer table's stream as outbox, to the channels, clock, bus and archive.

What the stream could not publish comes back through a queue of its own.
"""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.archive import Archive
from hub.adapters.bus import Bus
from hub.adapters.capacity import Capacity
from hub.adapters.conflicts import Conflicts
from hub.adapters.dead_letters import DeadLetters
from hub.adapters.decisions import Decisions
from hub.adapters.identities import Identities
from hub.adapters.ledger import Ledger
from hub.adapters.queue import CustomerQueue, RetryQueue
from hub.adapters.schedule import Schedule
from hub.adapters.topic import Topic
from hub.entry.queues import consume
from hub.entry.streams import from_stream, of_outboxes, relay
from hub.settings import DispatchSettings, read
from hub.steps.claiming import Claiming
from hub.steps.dispatch import Dispatcher
from hub.steps.forgetting import Forgetting

STAGE = "dispatch"


@cache
def settings() -> DispatchSettings:
    return read(DispatchSettings)


@cache
def dispatcher() -> Dispatcher:
    given = settings()
    return Dispatcher(
        topic=Topic(given.actions_topic),
        schedule=Schedule(
            given.schedule_group,
            customer_queue_arn=given.customer_queue_arn,
            dead_letters_arn=given.schedule_dead_letters_arn,
            role_arn=given.schedule_role_arn,
        ),
        decisions=Decisions(given.decisions_table),
        bus=Bus(given.bus_name),
        archive=Archive(given.archive_bucket),
        queue=CustomerQueue(given.customer_queue_url),
        forgetting=Forgetting(Identities(given.identities_table), Conflicts(given.merges_table)),
        claiming=Claiming(Capacity(given.capacity_table), Ledger(given.ledger_table), clock.now),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    given, step = settings(), of_outboxes(dispatcher())
    if from_stream(event):
        retry, dead_letters = RetryQueue(given.retry_queue_url), DeadLetters(given.dead_letters_url)
        return relay(event, step, stage=STAGE, retry=retry, dead_letters=dead_letters)
    return consume(event, step, settings=given, stage=STAGE)
