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
from hub.learning.adapters.counter_reader import to_item_key
from hub.learning.domain.decaying_counters import CounterKey
from hub.learning.domain.feedback import (
    FEEDBACK_RETENTION,
    Feedback,
    Increment,
    compute_increments,
    merge_increments,
)
from hub.platform.adapters import aws_clients, clock
from hub.platform.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MOST_WRITES = 100
MOST_SUMS = 100
TRIES = 6
PAUSE = 0.05
COUNTED, BUSY, FINE = "ConditionalCheckFailed", "TransactionConflict", "None"


class CounterWriter:
    """`hub.learning.ports.Lessons` in DynamoDB: dozens of lessons cost one transaction."""

    def __init__(
        self,
        table: str,
        markers_table: str,
        now: Clock = clock.now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table, self._markers_table, self._now, self._pause = table, markers_table, now, pause

    @aws_clients.translate_errors()
    def add_feedback(self, feedback: Sequence[Feedback]) -> None:
        for some in _split_into_transactions({lesson.id: lesson for lesson in feedback}.values()):
            self._add(some)

    def _add(self, lessons: Sequence[Feedback]) -> None:
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

    def _write(self, lessons: Sequence[Feedback]) -> list[str]:
        """How each write fared, the marks first, or nothing when all is written."""
        writes = [
            *map(self._build_marker, lessons),
            *map(self._build_update, merge_increments(lessons)),
        ]
        try:
            aws_clients.dynamodb().transact_write_items(TransactItems=writes)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons", ())
            fared = [reason["Code"] for reason in reasons]
            if {COUNTED, BUSY}.isdisjoint(fared) or not {COUNTED, BUSY, FINE}.issuperset(fared):
                codes = {*fared, error.response["Error"]["Code"]} - {COUNTED, BUSY, FINE}
                raise aws_clients.translate_codes("TransactWriteItems", codes) from error
            return fared
        return []

    def _build_marker(self, lesson: Feedback) -> "TransactWriteItemTypeDef":
        expires = int((self._now() + FEEDBACK_RETENTION).timestamp())
        return {
            "Put": {
                "TableName": self._markers_table,
                "Item": {"lesson_id": {"S": lesson.id}, "expires": {"N": str(expires)}},
                "ConditionExpression": "attribute_not_exists(lesson_id)",
            }
        }

    def _build_update(self, increment: Increment) -> "TransactWriteItemTypeDef":
        sums = list(enumerate(increment.sums.items()))
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_item_key(increment.key),
                "UpdateExpression": "ADD " + ", ".join(f"#{at} :{at}" for at, _ in sums),
                "ExpressionAttributeNames": {f"#{at}": name for at, (name, _) in sums},
                "ExpressionAttributeValues": {f":{at}": {"N": str(n)} for at, (_, n) in sums},
            }
        }


def _split_into_transactions(lessons: Iterable[Feedback]) -> Iterator[list[Feedback]]:
    """As many at a time as one transaction takes, and one update of each item it touches."""
    some: list[Feedback] = []
    touched: dict[CounterKey, frozenset[str]] = {}
    for lesson in lessons:
        own = {increment.key: frozenset(increment.sums) for increment in compute_increments(lesson)}
        both = touched | {key: names | touched.get(key, frozenset()) for key, names in own.items()}
        writes = len(some) + 1 + len(both)
        if some and (writes > MOST_WRITES or max(map(len, both.values())) > MOST_SUMS):
            yield some
            some, both = [], own
        some, touched = [*some, lesson], both
    if some:
        yield some
