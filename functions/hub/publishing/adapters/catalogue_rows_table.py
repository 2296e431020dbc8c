"""The tables that marketers edit by hand, in DynamoDB: rows of any form."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, SupportsBytes, cast

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from hub.kernel.errors import Conflict
from hub.kernel.json_types import Json, JsonObject
from hub.platform.adapters.aws_clients import dynamodb, translate_errors
from hub.publishing.domain.catalogue_diff import RowEdit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_MAX_TRANSACTION_WRITES = 100
"""The most writes of one DynamoDB transaction."""
_MAX_GROUP_SIZE = 2_000_000
"""The most characters of JSON in one transaction, which may have 4 MB of items."""


class CatalogueRows:
    """`hub.publishing.ports.CatalogueRows` in DynamoDB; `tables` is name -> (table, name of its
    key)."""

    def __init__(self, tables: Mapping[str, tuple[str, str]]) -> None:
        self._tables = tables

    @translate_errors()
    def read_all(self) -> dict[str, list[dict[str, Json]]]:
        return {name: _scan(table) for name, (table, _) in self._tables.items()}

    @translate_errors()
    def edit(self, edits: Sequence[RowEdit]) -> None:
        for group in _group_by_size(edits):
            writes = [self._to_transaction_write(edit) for edit in group]
            dynamodb().transact_write_items(TransactItems=writes)

    def _to_transaction_write(self, edit: RowEdit) -> "TransactWriteItemTypeDef":
        table, key_name = self._tables[edit.table]
        if edit.row is None:
            return {"Delete": {"TableName": table, "Key": {key_name: {"S": edit.key}}}}
        row: dict[str, Json] = json.loads(json.dumps(edit.row), parse_float=Decimal)
        serialize = TypeSerializer().serialize
        return {"Put": {"TableName": table, "Item": {name: serialize(row[name]) for name in row}}}

    def write_feedback(self, table: str, key: str, published: JsonObject) -> None:
        try:
            self._write_feedback(*self._tables[table], key, published)
        except Conflict:
            return

    @translate_errors()
    def _write_feedback(self, table: str, key_name: str, key: str, published: JsonObject) -> None:
        dynamodb().update_item(
            TableName=table,
            Key={key_name: {"S": key}},
            UpdateExpression="SET published = :published",
            ConditionExpression="attribute_exists(#key)",
            ExpressionAttributeNames={"#key": key_name},
            ExpressionAttributeValues={":published": TypeSerializer().serialize(dict(published))},
        )


def _group_by_size(edits: Sequence[RowEdit]) -> Iterator[list[RowEdit]]:
    """Yields the edits in their order, in groups that fit into one transaction."""
    group, size = list[RowEdit](), 0
    for edit in edits:
        length = len(json.dumps(edit.row))
        if group and (len(group) == _MAX_TRANSACTION_WRITES or size + length > _MAX_GROUP_SIZE):
            yield group
            group, size = [], 0
        group.append(edit)
        size += length
    if group:
        yield group


def _scan(table: str) -> list[dict[str, Json]]:
    deserialize = TypeDeserializer().deserialize
    pages = dynamodb().get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [
        {name: to_json_value(deserialize(value)) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]


def to_json_value(value: object) -> Json:
    """Converts DynamoDB's numbers, sets and bytes to JSON values; a set becomes a sorted list."""
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
