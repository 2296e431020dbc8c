"""Writes the learner's counters: each entry of feedback is counted once.

The transaction that counts an entry also writes a marker under its id. An entry whose marker exists
was counted before. A marker expires when its entry can no longer be repeated: see
`hub.learning.domain.feedback`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import uniform
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from hub.kernel.errors import Conflict
from hub.kernel.json_types import JsonObject
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
    """`hub.learning.ports.CounterWriter` in DynamoDB: dozens of entries cost one transaction."""

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
        for batch in _split_into_transactions({entry.id: entry for entry in feedback}.values()):
            self._add_batch(batch)

    def _add_batch(self, batch: Sequence[Feedback]) -> None:
        """Writes the batch; tries again without the entries that were counted already."""
        for attempt in range(TRIES):
            reasons = self._write(batch) if batch else []
            if not reasons:
                return
            if BUSY in reasons:
                self._pause(uniform(0, PAUSE * 2**attempt))  # noqa: S311 chance, not a secret
            marker_reasons = zip(batch, reasons, strict=False)
            batch = [entry for entry, reason in marker_reasons if reason != COUNTED]
        raise Conflict("TransactWriteItems: others wrote the same counters at the same time")

    def _write(self, batch: Sequence[Feedback]) -> list[str]:
        """Returns the reason why each write failed, the markers first; empty if all is written."""
        writes = [
            *map(self._build_marker, batch),
            *map(self._build_update, merge_increments(batch)),
        ]
        try:
            aws_clients.dynamodb().transact_write_items(TransactItems=writes)
        except ClientError as error:
            response = cast("JsonObject", error.response)
            reasons = [reason["Code"] for reason in response.get("CancellationReasons", ())]
            if {COUNTED, BUSY}.isdisjoint(reasons) or not {COUNTED, BUSY, FINE}.issuperset(reasons):
                codes = {*reasons, response["Error"]["Code"]} - {COUNTED, BUSY, FINE}
                raise aws_clients.translate_codes("TransactWriteItems", codes) from error
            return reasons
        return []

    def _build_marker(self, entry: Feedback) -> "TransactWriteItemTypeDef":
        expires = int((self._now() + FEEDBACK_RETENTION).timestamp())
        return {
            "Put": {
                "TableName": self._markers_table,
                "Item": {"lesson_id": {"S": entry.id}, "expires": {"N": str(expires)}},
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


def _split_into_transactions(feedback: Iterable[Feedback]) -> Iterator[list[Feedback]]:
    """Yields batches within the limits of one transaction and of one update of each item."""
    batch: list[Feedback] = []
    updates: dict[CounterKey, frozenset[str]] = {}
    for entry in feedback:
        own = {increment.key: frozenset(increment.sums) for increment in compute_increments(entry)}
        both = updates | {key: names | updates.get(key, frozenset()) for key, names in own.items()}
        writes = len(batch) + 1 + len(both)
        if batch and (writes > MOST_WRITES or max(map(len, both.values())) > MOST_SUMS):
            yield batch
            batch, both = [], own
        batch, updates = [*batch, entry], both
    if batch:
        yield batch
