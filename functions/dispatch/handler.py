"""dispatch: the customer table's stream as outbox, to the channels, clock, bus and archive.

What the stream could not publish comes back through a queue of its own.
"""

from functools import cache
from typing import Any

from dispatch.settings import DispatchSettings
from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.action_topic import ActionTopic
from hub.delivery.adapters.timer_schedule import TimerSchedule
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.delivery.steps.dispatch_decisions import DispatchDecisions
from hub.entrypoints.outbox_stream import adapt_outbox_step, is_from_stream, relay
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.history.adapters.decision_archive import Archive
from hub.history.adapters.decision_table import Decisions
from hub.identity.adapters.conflict_items import KeyConflicts
from hub.identity.adapters.identity_table import Identities
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.messaging.adapters.dead_letter_queue import DeadLetters
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import CustomerQueue, RetryQueue
from hub.platform.adapters import clock
from hub.surroundings.adapters.capacity_table import CapacityClaims

STAGE = "dispatch"


@cache
def settings() -> DispatchSettings:
    return read_settings(DispatchSettings)


@cache
def dispatch_decisions() -> DispatchDecisions:
    given = settings()
    return DispatchDecisions(
        topic=ActionTopic(given.actions_topic),
        schedule=TimerSchedule(
            given.schedule_group,
            customer_queue_arn=given.customer_queue_arn,
            dead_letters_arn=given.schedule_dead_letters_arn,
            role_arn=given.schedule_role_arn,
        ),
        decisions=Decisions(given.decisions_table),
        bus=Bus(given.bus_name),
        archive=Archive(given.archive_bucket),
        queue=CustomerQueue(given.customer_queue_url),
        forget_identities=ForgetIdentities(
            Identities(given.identities_table), KeyConflicts(given.merges_table)
        ),
        claim_capacity=ClaimCapacity(
            CapacityClaims(given.capacity_table), ActionLedger(given.ledger_table), clock.now
        ),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    given, step = settings(), adapt_outbox_step(dispatch_decisions())
    if is_from_stream(event):
        retry, dead_letters = RetryQueue(given.retry_queue_url), DeadLetters(given.dead_letters_url)
        return relay(event, step, stage=STAGE, retry=retry, dead_letters=dead_letters)
    return consume(event, step, settings=given, stage=STAGE)
