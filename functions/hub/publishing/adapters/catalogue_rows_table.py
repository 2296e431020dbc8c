"""The tables that marketers edit by hand: free-form rows, read and written as they are."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, SupportsBytes, cast

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_clients import dynamodb, translate_errors
from hub.publishing.domain.catalogue_diff import RowEdit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_MAX_TRANSACTION_WRITES = 100
"""The most that DynamoDB writes all at once."""


class CatalogueRows:
    """`hub.publishing.ports.CatalogueRows` in DynamoDB. `tables` is name -> (table, name of its
    key)."""

    def __init__(self, tables: Mapping[str, tuple[str, str]]) -> None:
        self._tables = tables

    @translate_errors()
    def read_all(self) -> dict[str, list[dict[str, Any]]]:
        return {name: _scan(table) for name, (table, _) in self._tables.items()}

    @translate_errors()
    def edit(self, edits: Sequence[RowEdit]) -> None:
        for start in range(0, len(edits), _MAX_TRANSACTION_WRITES):
            writes = [
                self._to_transaction_write(edit)
                for edit in edits[start : start + _MAX_TRANSACTION_WRITES]
            ]
            dynamodb().transact_write_items(TransactItems=writes)

    def _to_transaction_write(self, edit: RowEdit) -> "TransactWriteItemTypeDef":
        table, key_name = self._tables[edit.table]
        if edit.row is None:
            return {"Delete": {"TableName": table, "Key": {key_name: {"S": edit.key}}}}
        row: dict[str, Any] = json.loads(json.dumps(edit.row), parse_float=Decimal)
        write = TypeSerializer().serialize
        return {"Put": {"TableName": table, "Item": {name: write(row[name]) for name in row}}}

    def write_feedback(self, table: str, key: str, published: Mapping[str, Any]) -> None:
        try:
            self._write_feedback(*self._tables[table], key, published)
        except Conflict:
            return

    @translate_errors()
    def _write_feedback(
        self, table: str, key_name: str, key: str, published: Mapping[str, Any]
    ) -> None:
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
        {name: to_json_value(read(value)) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]


def to_json_value(value: Any) -> Any:
    """DynamoDB's numbers, sets and bytes as JSON has them; a set is sorted."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {name: to_json_value(inner) for name, inner in value.items()}
        case list():
            return [to_json_value(inner) for inner in value]
        case set() | frozenset():
            return sorted(map(to_json_value, value), key=str)
        case Binary():
            return bytes(cast("SupportsBytes", value)).decode(errors="replace")
        case _:
            return value
