"""learn: what decisions teach, off the bus and into the learner's counters."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.lessons import Lessons
from hub.entry.queues import consume
from hub.settings import LearnSettings, read
from hub.steps.learn import Student


@cache
def settings() -> LearnSettings:
    return read(LearnSettings)


@cache
def student() -> Student:
    return Student(Lessons(settings().learned_table, settings().lessons_table), clock.now)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, student(), settings=settings(), stage="learn")
