"""Timers: one-time schedules that send the timer's event to the customer queue."""

from datetime import UTC, datetime, timedelta

from hub.kernel.errors import Conflict
from hub.model.decision import Timer
from hub.platform.adapters import clock
from hub.platform.adapters.aws_clients import scheduler, translate_errors
from hub.platform.adapters.aws_text import to_aws_name, to_json
from hub.platform.ports import Clock

SHORTEST_DELAY = timedelta(seconds=5)


class TimerSchedule:
    """`hub.delivery.ports.TimerSchedule` on EventBridge Scheduler.

    A timer that is due already ends in 5 s. If the scheduler cannot send an event within a day, the
    event becomes a dead letter.
    """

    def __init__(
        self,
        group: str,
        *,
        customer_queue_arn: str,
        dead_letters_arn: str,
        role_arn: str,
        now: Clock = clock.now,
    ) -> None:
        self._group = group
        self._role = role_arn
        self._queue = customer_queue_arn
        self._dead_letters = dead_letters_arn
        self._now = now

    def set(self, timer: Timer) -> None:
        try:
            self._create(timer)
        except Conflict:
            return

    @translate_errors()
    def _create(self, timer: Timer) -> None:
        due = max(timer.due_at, self._now() + SHORTEST_DELAY)
        scheduler().create_schedule(
            GroupName=self._group,
            Name=to_aws_name(timer.id),
            ScheduleExpression=f"at({_round_up_second(due):%Y-%m-%dT%H:%M:%S})",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target={
                "Arn": self._queue,
                "RoleArn": self._role,
                "Input": to_json(timer.event),
                "SqsParameters": {"MessageGroupId": timer.customer_id},
                "DeadLetterConfig": {"Arn": self._dead_letters},
            },
        )


def _round_up_second(moment: datetime) -> datetime:
    """Rounds up, because a wait may end late but not early."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=0) + timedelta(seconds=1 if utc.microsecond else 0)
