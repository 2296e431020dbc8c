"""The table of what addresses said: one item for each address, without the address itself."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from hub.contact_policy.domain.address_refusals import AddressStatement
from hub.kernel.contact_details.address_refusals import AddressRefusals
from hub.kernel.errors import Conflict, Unavailable
from hub.platform.adapters import aws_clients
from hub.platform.adapters.aws_clients import translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = "address"
MOST_KEYS = 100
"""The most that one BatchGetItem takes."""
MOST_CALLS = 5
"""How often DynamoDB is asked for keys that it did not process."""


class AddressRefusalTable:
    """`hub.contact_policy.ports.AddressRefusalStore` in DynamoDB.

    Each item has the digest of the address as its key, and beside it a proof for each purpose.
    """

    def __init__(
        self, table: str, dynamodb: "Callable[[], DynamoDBClient]" = aws_clients.dynamodb
    ) -> None:
        self._table = table
        self._dynamodb = dynamodb

    def find(self, keys: Collection[str]) -> AddressRefusals:
        ordered = sorted(keys)
        found: dict[str, dict[str, str]] = {}
        for start in range(0, len(ordered), MOST_KEYS):
            found |= self._read(ordered[start : start + MOST_KEYS])
        return AddressRefusals.from_proofs(found)

    @translate_errors()
    def _read(self, keys: Collection[str]) -> dict[str, dict[str, str]]:
        """Raises `Unavailable` if DynamoDB does not process all keys."""
        asked = {"Keys": [{KEY: {"S": key}} for key in keys], "ConsistentRead": True}
        pending: Mapping[str, Any] = {self._table: asked}
        items: list[Mapping[str, Any]] = []
        for _ in range(MOST_CALLS):
            answer = self._dynamodb().batch_get_item(RequestItems=pending)
            items += answer["Responses"].get(self._table, [])
            pending = answer.get("UnprocessedKeys", {})
            if not pending:
                return {item[KEY]["S"]: _read_proofs(item) for item in items}
        raise Unavailable("DynamoDB did not read what all addresses refused")

    def record(self, statement: AddressStatement) -> None:
        try:
            self._update(statement)
        except Conflict:
            return  # the address has said something later, or the same

    @translate_errors()
    def _update(self, statement: AddressStatement) -> None:
        self._dynamodb().update_item(
            TableName=self._table,
            Key={KEY: {"S": statement.key}},
            UpdateExpression="SET #purpose = :proof",
            ConditionExpression="attribute_not_exists(#purpose) OR #purpose < :proof",
            ExpressionAttributeNames={"#purpose": statement.purpose},
            ExpressionAttributeValues={":proof": {"S": statement.proof}},
        )


def _read_proofs(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: value["S"] for name, value in item.items() if name != KEY}
