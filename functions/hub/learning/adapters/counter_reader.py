"""The learner's counters, read: one item an arm and era, each sum an attribute of its own.

PynamoDB wants to know an item's attributes beforehand; these are named by what was counted, so this
speaks to the client itself, as does `hub.learning.adapters.counter_writer`, which writes them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hub.kernel.errors import Unavailable
from hub.learning.domain.decaying_counters import CounterKey
from hub.platform.adapters import aws_clients

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

MOST_KEYS = 100
TRIES = 4


class CounterReader:
    """`hub.learning.ports.Learned` in DynamoDB.

    Reads are eventually consistent: half the price, and a trial more or less changes nothing.
    """

    def __init__(self, table: str) -> None:
        self._table = table

    @aws_clients.translate_errors()
    def read(self, keys: Collection[CounterKey]) -> dict[CounterKey, dict[str, int]]:
        found: dict[CounterKey, dict[str, int]] = {}
        asked = list(dict.fromkeys(keys))
        for start in range(0, len(asked), MOST_KEYS):
            found |= dict(map(_read_sums, self._items(asked[start : start + MOST_KEYS])))
        return found

    def _items(self, keys: Iterable[CounterKey]) -> Iterator[Mapping[str, Any]]:
        asked: Any = {self._table: {"Keys": [to_item_key(key) for key in keys]}}
        for _ in range(TRIES):
            answer = aws_clients.dynamodb().batch_get_item(RequestItems=asked)
            yield from answer["Responses"].get(self._table, [])
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return
        raise Unavailable("BatchGetItem: keys were left over")


def to_item_key(key: CounterKey) -> dict[str, "AttributeValueTypeDef"]:
    return {"offer": {"S": key.offer}, "cell": {"S": key.cell}}


def _read_sums(item: Mapping[str, Any]) -> tuple[CounterKey, dict[str, int]]:
    """The numbers of an item; a text on it is its key or somebody's remark."""
    numbers = {name: int(Decimal(value["N"])) for name, value in item.items() if "N" in value}
    return CounterKey(item["offer"]["S"], item["cell"]["S"]), numbers
