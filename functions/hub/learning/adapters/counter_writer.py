"""The learner's counters, written: each lesson once.

A lesson leaves a mark under its id in the very transaction that counts it, so one that finds its
mark was counted before. Marks expire once a lesson can come no more: see
`hub.learning.domain.feedback`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import uniform
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from hub.kernel.errors import Conflict
from hub.learning.adapters.counter_reader import address
from hub.learning.domain.decaying_counters import Key
from hub.learning.domain.feedback import REMEMBERED, Increment, Lesson, increments, merged
from hub.platform.adapters import aws_clients, clock
from hub.platform.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MOST_WRITES = 100
MOST_SUMS = 100
TRIES = 6
PAUSE = 0.05
COUNTED, BUSY, FINE = "ConditionalCheckFailed", "TransactionConflict", "None"


class Lessons:
    """`hub.learning.ports.Lessons` in DynamoDB: dozens of lessons cost one transaction."""

    def __init__(
        self,
        table: str,
        marks: str,
        now: Clock = clock.now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table, self._marks, self._now, self._pause = table, marks, now, pause

    @aws_clients.translated()
    def learn(self, lessons: Sequence[Lesson]) -> None:
        for some in _together({lesson.id: lesson for lesson in lessons}.values()):
            self._learn(some)

    def _learn(self, lessons: Sequence[Lesson]) -> None:
        """Without those that were counted already, until the others are."""
        for tried in range(TRIES):
            refused = self._write(lessons) if lessons else []
            if not refused:
                return
            if BUSY in refused:
                self._pause(uniform(0, PAUSE * 2**tried))  # noqa: S311 chance, not a secret
            marks = zip(lessons, refused, strict=False)
            lessons = [lesson for lesson, reason in marks if reason != COUNTED]
        raise Conflict("TransactWriteItems: others learned at the same time")

    def _write(self, lessons: Sequence[Lesson]) -> list[str]:
        """How each write fared, the marks first, or nothing when all is written."""
        writes = [*map(self._mark, lessons), *map(self._addition, merged(lessons))]
        try:
            aws_clients.dynamodb().transact_write_items(TransactItems=writes)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons", ())
            fared = [reason["Code"] for reason in reasons]
            if {COUNTED, BUSY}.isdisjoint(fared) or not {COUNTED, BUSY, FINE}.issuperset(fared):
                codes = {*fared, error.response["Error"]["Code"]} - {COUNTED, BUSY, FINE}
                raise aws_clients.meaning("TransactWriteItems", codes) from error
            return fared
        return []

    def _mark(self, lesson: Lesson) -> "TransactWriteItemTypeDef":
        expires = int((self._now() + REMEMBERED).timestamp())
        return {
            "Put": {
                "TableName": self._marks,
                "Item": {"lesson_id": {"S": lesson.id}, "expires": {"N": str(expires)}},
                "ConditionExpression": "attribute_not_exists(lesson_id)",
            }
        }

    def _addition(self, increment: Increment) -> "TransactWriteItemTypeDef":
        sums = list(enumerate(increment.sums.items()))
        return {
            "Update": {
                "TableName": self._table,
                "Key": address(increment.key),
                "UpdateExpression": "ADD " + ", ".join(f"#{at} :{at}" for at, _ in sums),
                "ExpressionAttributeNames": {f"#{at}": name for at, (name, _) in sums},
                "ExpressionAttributeValues": {f":{at}": {"N": str(n)} for at, (_, n) in sums},
            }
        }


def _together(lessons: Iterable[Lesson]) -> Iterator[list[Lesson]]:
    """As many at a time as one transaction takes, and one update of each item it touches."""
    some: list[Lesson] = []
    touched: dict[Key, frozenset[str]] = {}
    for lesson in lessons:
        own = {increment.key: frozenset(increment.sums) for increment in increments(lesson)}
        both = touched | {key: names | touched.get(key, frozenset()) for key, names in own.items()}
        writes = len(some) + 1 + len(both)
        if some and (writes > MOST_WRITES or max(map(len, both.values())) > MOST_SUMS):
            yield some
            some, both = [], own
        some, touched = [*some, lesson], both
    if some:
        yield some
