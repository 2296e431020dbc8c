"""dispatch: publishes the outbox to the channels, the scheduler, the bus and the archive.

The outbox comes from the stream of the customer table. What could not be published comes again from
a retry queue.
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
    """The function's environment."""
    return read_settings(DispatchSettings)


@cache
def dispatch_decisions() -> DispatchDecisions:
    environment = settings()
    return DispatchDecisions(
        topic=ActionTopic(environment.actions_topic),
        schedule=TimerSchedule(
            environment.schedule_group,
            customer_queue_arn=environment.customer_queue_arn,
            dead_letters_arn=environment.schedule_dead_letters_arn,
            role_arn=environment.schedule_role_arn,
        ),
        decisions=Decisions(environment.decisions_table),
        bus=Bus(environment.bus_name),
        archive=Archive(environment.archive_bucket),
        queue=CustomerQueue(environment.customer_queue_url),
        forget_identities=ForgetIdentities(
            Identities(environment.identities_table), KeyConflicts(environment.merges_table)
        ),
        claim_capacity=ClaimCapacity(
            CapacityClaims(environment.capacity_table),
            ActionLedger(environment.ledger_table),
            clock.now,
        ),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    environment, step = settings(), adapt_outbox_step(dispatch_decisions())
    if is_from_stream(event):
        retry, dead_letters = (
            RetryQueue(environment.retry_queue_url),
            DeadLetters(environment.dead_letters_url),
        )
        return relay(event, step, stage=STAGE, retry=retry, dead_letters=dead_letters)
    return consume(event, step, settings=environment, stage=STAGE)
