"""The learner's counters: one item an arm and era, each sum an attribute of its own.

DynamoDB adds to top-level attributes only, and PynamoDB wants to know an item's attributes
beforehand; these are named by what was counted, so this speaks to the client itself.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from hub.adapters import aws
from hub.domain.errors import Unavailable
from hub.domain.learning.counters import Key
from hub.domain.learning.showing import Increment, merged

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

MOST_KEYS = 100
MOST_SUMS = 100
TRIES = 4

T = TypeVar("T")


class Learned:
    """`hub.ports.Learned` in DynamoDB: a choice costs one batch read, an outcome one write an arm.

    Reads are eventually consistent: half the price, and a trial more or less changes nothing.
    """

    def __init__(self, table: str) -> None:
        self._table = table

    @aws.translated()
    def read(self, keys: Collection[Key]) -> dict[Key, dict[str, int]]:
        found: dict[Key, dict[str, int]] = {}
        for some in _chunks(dict.fromkeys(keys), MOST_KEYS):
            found |= dict(map(_sums, self._items(some)))
        return found

    def _items(self, keys: Iterable[Key]) -> Iterator[Mapping[str, Any]]:
        asked: Any = {self._table: {"Keys": [_address(key) for key in keys]}}
        for _ in range(TRIES):
            answer = aws.dynamodb().batch_get_item(RequestItems=asked)
            yield from answer["Responses"].get(self._table, [])
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return
        raise Unavailable("BatchGetItem: keys were left over")

    @aws.translated()
    def add(self, increments: Sequence[Increment]) -> None:
        for increment in merged(increments):
            for sums in _chunks(increment.sums.items(), MOST_SUMS):
                self._add(increment.key, sums)

    def _add(self, key: Key, sums: Sequence[tuple[str, int]]) -> None:
        places = range(len(sums))
        aws.dynamodb().update_item(
            TableName=self._table,
            Key=_address(key),
            UpdateExpression="ADD " + ", ".join(f"#{place} :{place}" for place in places),
            ExpressionAttributeNames={f"#{p}": sums[p][0] for p in places},
            ExpressionAttributeValues={f":{p}": {"N": str(sums[p][1])} for p in places},
        )


def _address(key: Key) -> dict[str, "AttributeValueTypeDef"]:
    return {"offer": {"S": key.offer}, "cell": {"S": key.cell}}


def _sums(item: Mapping[str, Any]) -> tuple[Key, dict[str, int]]:
    """The numbers of an item; a text on it is its key or somebody's remark."""
    numbers = {name: int(Decimal(value["N"])) for name, value in item.items() if "N" in value}
    return Key(item["offer"]["S"], item["cell"]["S"]), numbers


def _chunks(items: Iterable[T], most: int) -> Iterator[list[T]]:
    waiting = iter(items)
    while chunk := list(islice(waiting, most)):
        yield chunk
