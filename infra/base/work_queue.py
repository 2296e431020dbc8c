"""Queues before functions. Each has a queue for dead letters with an alarm."""

from aws_cdk import Duration
from aws_cdk.aws_sqs import (
    DeadLetterQueue,
    DeduplicationScope,
    FifoThroughputLimit,
    Queue,
    QueueEncryption,
)
from constructs import Construct

from infra.base.alarms import create_alarm
from infra.deployment import Deployment
from infra.function_plans import PLANS

RETENTION = Duration.days(14)
LATE_AFTER = Duration.hours(1)
"""A message this old fails again and again, and is no dead letter yet."""


class DeadLetters(Construct):
    """Messages that failed for good, kept as long as SQS can, with an alarm from the first on."""

    def __init__(
        self, scope: Construct, id_: str, *, deployment: Deployment, fifo: bool = False
    ) -> None:
        super().__init__(scope, id_)
        self.queue = Queue(
            self,
            "Queue",
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=deployment.requires_tls,
            fifo=fifo or None,
            retention_period=RETENTION,
        )
        waiting = self.queue.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic="Maximum"
        )
        description = f"{scope.node.path}: dead letters are waiting (segue dlq)"
        create_alarm(self, "Alarm", waiting, description=description)


class WorkQueue(Construct):
    """The queue before one function. A message in work is hidden for six timeouts of the function.

    `max_receives` also counts deliveries that a throttled function never saw, so it is five at
    least. `batching_window` is how long Lambda waits for a batch to fill; `max_concurrency` is how
    many batches are in work at once. A `fifo` queue keeps the order within a message group and runs
    in high-throughput mode.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: Deployment,
        function: str,
        max_receives: int = 5,
        batch: int = 10,
        batching_window: Duration | None = None,
        max_concurrency: int | None = None,
        fifo: bool = False,
    ) -> None:
        super().__init__(scope, id_)
        self.max_receives, self.batch, self.batching_window = max_receives, batch, batching_window
        self.max_concurrency = max_concurrency
        self.dead_letters = DeadLetters(self, "DeadLetters", deployment=deployment, fifo=fifo)
        batching_seconds = batching_window.to_seconds() if batching_window else 0
        self.queue = Queue(
            self,
            "Queue",
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=deployment.requires_tls,
            retention_period=RETENTION,
            visibility_timeout=Duration.seconds(
                6 * PLANS[function].seconds + int(batching_seconds)
            ),
            dead_letter_queue=DeadLetterQueue(
                max_receive_count=max_receives, queue=self.dead_letters.queue
            ),
            fifo=fifo or None,
            content_based_deduplication=fifo or None,
            deduplication_scope=DeduplicationScope.MESSAGE_GROUP if fifo else None,
            fifo_throughput_limit=FifoThroughputLimit.PER_MESSAGE_GROUP_ID if fifo else None,
        )
        age = self.queue.metric_approximate_age_of_oldest_message(statistic="Maximum")
        description = f"{self.node.path}: the oldest message has waited for an hour"
        create_alarm(self, "Late", age, description=description, threshold=LATE_AFTER.to_seconds())

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the function can send a message to the dead letters itself."""
        return {
            "DEAD_LETTERS_URL": self.dead_letters.queue.queue_url,
            "MAX_RECEIVES": str(self.max_receives),
        }
