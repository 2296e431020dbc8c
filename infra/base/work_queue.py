"""Queues of work. Behind each lies one for dead letters, and somebody is told when it fills."""

from aws_cdk import Duration
from aws_cdk.aws_sqs import (
    DeadLetterQueue,
    DeduplicationScope,
    FifoThroughputLimit,
    Queue,
    QueueEncryption,
)
from constructs import Construct

from infra.base.alarms import ring
from infra.deployment import Ground
from infra.function_plans import PLANS

RETENTION = Duration.days(14)
LATE = Duration.hours(1)
"""Work that waits so long fails again and again, and is no dead letter yet."""


class DeadLetters(Construct):
    """What was given up on, kept as long as SQS can, and an alarm from the first letter on."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground, fifo: bool = False) -> None:
        super().__init__(scope, id_)
        self.queue = Queue(
            self,
            "Queue",
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=ground.tls,
            fifo=fifo or None,
            retention_period=RETENTION,
        )
        waiting = self.queue.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic="Maximum"
        )
        why = f"{scope.node.path}: dead letters are waiting (segue dlq)"
        ring(self, "Alarm", waiting, why=why)


class WorkQueue(Construct):
    """The queue before one function, hidden for six of its timeouts while a message is at work.

    `receives` also counts those that a throttled function never saw, so it is five at the least.
    `gather` is how long its event source waits for a batch to fill, `at_once` how many batches it
    lets be worked on together. A `fifo` queue keeps order per message group, and runs in
    high-throughput mode.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        ground: Ground,
        worker: str,
        receives: int = 5,
        batch: int = 10,
        gather: Duration | None = None,
        at_once: int | None = None,
        fifo: bool = False,
    ) -> None:
        super().__init__(scope, id_)
        self.receives, self.batch, self.gather = receives, batch, gather
        self.at_once = at_once
        self.dead_letters = DeadLetters(self, "DeadLetters", ground=ground, fifo=fifo)
        waited = gather.to_seconds() if gather else 0
        self.queue = Queue(
            self,
            "Queue",
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=ground.tls,
            retention_period=RETENTION,
            visibility_timeout=Duration.seconds(6 * PLANS[worker].seconds + int(waited)),
            dead_letter_queue=DeadLetterQueue(
                max_receive_count=receives, queue=self.dead_letters.queue
            ),
            fifo=fifo or None,
            content_based_deduplication=fifo or None,
            deduplication_scope=DeduplicationScope.MESSAGE_GROUP if fifo else None,
            fifo_throughput_limit=FifoThroughputLimit.PER_MESSAGE_GROUP_ID if fifo else None,
        )
        age = self.queue.metric_approximate_age_of_oldest_message(statistic="Maximum")
        why = f"{self.node.path}: the oldest message has waited for an hour"
        ring(self, "Late", age, why=why, bound=LATE.to_seconds())

    @property
    def environment(self) -> dict[str, str]:
        """What its worker must know to lay a message among the dead itself."""
        return {
            "DEAD_LETTERS_URL": self.dead_letters.queue.queue_url,
            "MAX_RECEIVES": str(self.receives),
        }
