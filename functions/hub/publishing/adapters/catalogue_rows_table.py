"""The tables that marketers edit by hand: free-form rows, read and written as they are."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, SupportsBytes, cast

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_clients import dynamodb, translated
from hub.publishing.domain.catalogue_diff import Edit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_TOGETHER = 100
"""The most that DynamoDB writes all at once."""


class CatalogueRows:
    """`hub.publishing.ports.CatalogueRows` in DynamoDB. `tables` is name -> (table, name of its
    key)."""

    def __init__(self, tables: Mapping[str, tuple[str, str]]) -> None:
        self._tables = tables

    @translated()
    def all(self) -> dict[str, list[dict[str, Any]]]:
        return {name: _scan(table) for name, (table, _) in self._tables.items()}

    @translated()
    def edit(self, edits: Sequence[Edit]) -> None:
        for start in range(0, len(edits), _TOGETHER):
            writes = [self._write(edit) for edit in edits[start : start + _TOGETHER]]
            dynamodb().transact_write_items(TransactItems=writes)

    def _write(self, edit: Edit) -> "TransactWriteItemTypeDef":
        table, key_name = self._tables[edit.table]
        if edit.row is None:
            return {"Delete": {"TableName": table, "Key": {key_name: {"S": edit.key}}}}
        row: dict[str, Any] = json.loads(json.dumps(edit.row), parse_float=Decimal)
        write = TypeSerializer().serialize
        return {"Put": {"TableName": table, "Item": {name: write(row[name]) for name in row}}}

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
