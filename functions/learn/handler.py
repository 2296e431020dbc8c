"""learn: what decisions teach, off the bus and into the learner's counters."""

from functools import cache
from typing import Any

from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.learning.adapters.counter_writer import CounterWriter
from hub.learning.steps.learn_from_feedback import LearnFromFeedback
from hub.platform.adapters import clock
from learn.settings import LearnSettings


@cache
def settings() -> LearnSettings:
    return read_settings(LearnSettings)


@cache
def learn_from_feedback() -> LearnFromFeedback:
    return LearnFromFeedback(
        CounterWriter(settings().learned_table, settings().lessons_table), clock.now
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, learn_from_feedback(), settings=settings(), stage="learn")
