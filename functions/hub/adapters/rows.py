"""The tables that marketers edit by hand: free-form rows, read and written as they are."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, SupportsBytes, cast

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from hub.adapters.aws import dynamodb, translated
from hub.domain.errors import Conflict


class CatalogueRows:
    """`hub.ports.CatalogueRows` in DynamoDB. `tables` is name -> (table, name of its key)."""

    def __init__(self, tables: Mapping[str, tuple[str, str]]) -> None:
        self._tables = tables

    @translated()
    def all(self) -> dict[str, list[dict[str, Any]]]:
        return {name: _scan(table) for name, (table, _) in self._tables.items()}

    def note(self, table: str, key: str, published: Mapping[str, Any]) -> None:
        try:
            self._note(*self._tables[table], key, published)
        except Conflict:
            return

    @translated()
    def _note(self, table: str, key_name: str, key: str, published: Mapping[str, Any]) -> None:
        dynamodb().update_item(
            TableName=table,
            Key={key_name: {"S": key}},
            UpdateExpression="SET published = :published",
            ConditionExpression="attribute_exists(#key)",
            ExpressionAttributeNames={"#key": key_name},
            ExpressionAttributeValues={":published": TypeSerializer().serialize(dict(published))},
        )


def _scan(table: str) -> list[dict[str, Any]]:
    read = TypeDeserializer().deserialize
    pages = dynamodb().get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [
        {name: plain(read(value)) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]


def plain(value: Any) -> Any:
    """DynamoDB's numbers, sets and bytes as JSON has them; a set is sorted."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {name: plain(inner) for name, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case set() | frozenset():
            return sorted(map(plain, value), key=str)
        case Binary():
            return bytes(cast("SupportsBytes", value)).decode(errors="replace")
        case _:
            return value
