"""dispatch: the customer table's stream as outbox, to the channels, clock, bus and archive.

What the stream could not publish comes back through a queue of its own.
"""

from functools import cache
from typing import Any

from dispatch.settings import DispatchSettings
from hub.delivery.adapters.action_ledger import Ledger
from hub.delivery.adapters.action_topic import Topic
from hub.delivery.adapters.timer_schedule import Schedule
from hub.delivery.steps.claim_capacity import Claiming
from hub.delivery.steps.dispatch_decisions import Dispatcher
from hub.entrypoints.outbox_stream import from_stream, of_outboxes, relay
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.history.adapters.decision_archive import Archive
from hub.history.adapters.decision_table import Decisions
from hub.identity.adapters.conflict_items import Conflicts
from hub.identity.adapters.identity_table import Identities
from hub.identity.steps.forget_identities import Forgetting
from hub.messaging.adapters.dead_letter_queue import DeadLetters
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import CustomerQueue, RetryQueue
from hub.platform.adapters import clock
from hub.surroundings.adapters.capacity_table import Capacity

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
