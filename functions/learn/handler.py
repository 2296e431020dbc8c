"""learn: adds the feedback of decisions from the event bus to the learner's counters."""

from functools import cache

from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.kernel.json_types import Json
from hub.learning.adapters.counter_writer import CounterWriter
from hub.learning.steps.learn_from_feedback import LearnFromFeedback
from hub.platform.adapters import clock
from learn.settings import LearnSettings


@cache
def settings() -> LearnSettings:
    """The function's environment."""
    return read_settings(LearnSettings)


@cache
def learn_from_feedback() -> LearnFromFeedback:
    """The step, on DynamoDB."""
    return LearnFromFeedback(
        CounterWriter(settings().learned_table, settings().lessons_table), clock.now
    )


def handler(event: dict[str, Json], _context: object) -> dict[str, Json]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, learn_from_feedback(), settings=settings(), stage="learn")
