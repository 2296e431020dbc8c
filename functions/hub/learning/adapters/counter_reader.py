"""Reads the learner's counters: one item for each arm and era, one attribute for each sum.

PynamoDB has to know an item's attributes beforehand. These are named by what was counted, so this
module uses the client itself, as does `hub.learning.adapters.counter_writer`, which writes them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from hub.kernel.errors import Unavailable
from hub.learning.domain.decaying_counters import CounterKey
from hub.platform.adapters import aws_clients

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, KeysAndAttributesUnionTypeDef

MOST_KEYS = 100
TRIES = 4


class CounterReader:
    """`hub.learning.ports.CounterReader` in DynamoDB.

    Reads are eventually consistent: they cost half, and a trial more or less makes no difference.
    """

    def __init__(self, table: str) -> None:
        self._table = table

    @aws_clients.translate_errors()
    def read(self, keys: Collection[CounterKey]) -> dict[CounterKey, dict[str, int]]:
        sums: dict[CounterKey, dict[str, int]] = {}
        unique = list(dict.fromkeys(keys))
        for start in range(0, len(unique), MOST_KEYS):
            sums |= dict(map(_read_sums, self._read_items(unique[start : start + MOST_KEYS])))
        return sums

    def _read_items(
        self, keys: Iterable[CounterKey]
    ) -> Iterator[Mapping[str, "AttributeValueTypeDef"]]:
        request: Mapping[str, KeysAndAttributesUnionTypeDef] = {
            self._table: {"Keys": [to_item_key(key) for key in keys]}
        }
        for _ in range(TRIES):
            response = aws_clients.dynamodb().batch_get_item(RequestItems=request)
            yield from response["Responses"].get(self._table, [])
            request = response.get("UnprocessedKeys")
            if not request:
                return
        raise Unavailable(f"BatchGetItem: keys were left over {TRIES} times in a row")


def to_item_key(key: CounterKey) -> dict[str, "AttributeValueTypeDef"]:
    """The primary key of a counter's item."""
    return {"offer": {"S": key.offer}, "cell": {"S": key.cell}}


def _read_sums(item: Mapping[str, "AttributeValueTypeDef"]) -> tuple[CounterKey, dict[str, int]]:
    """Reads the numbers of an item. A text on it is its key or a person's note."""
    numbers = {name: int(Decimal(value["N"])) for name, value in item.items() if "N" in value}
    return CounterKey(item["offer"]["S"], item["cell"]["S"]), numbers
