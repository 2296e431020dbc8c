"""The wish to roll back, typed in the console on the item that names the newest catalogue."""

from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from hub.catalogue.adapters.catalogue_store import NEWEST
from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_clients import dynamodb, translate_errors

REQUEST = "roll_back_to"
DONE, REFUSED = "rolled_back", "rollback_refused"
_KEY = {"name": {"S": NEWEST}}


class RollbackRequests:
    """`hub.publishing.ports.Rollbacks` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = table

    @translate_errors()
    def read_request(self) -> object:
        found = dynamodb().get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        item = found.get("Item", {})
        return TypeDeserializer().deserialize(item[REQUEST]) if REQUEST in item else None

    def complete(self, request: object, result: Mapping[str, Any]) -> None:
        try:
            self._complete(request, result)
        except Conflict:
            return  # something else is asked by now, and is answered next

    @translate_errors()
    def _complete(self, request: object, result: Mapping[str, Any]) -> None:
        ((name, said),) = result.items()
        other = REFUSED if name == DONE else DONE
        dynamodb().update_item(
            TableName=self._table,
            Key=_KEY,
            UpdateExpression="SET #name = :said REMOVE #wish, #other",
            ConditionExpression="#wish = :asked",
            ExpressionAttributeNames={"#name": name, "#other": other, "#wish": REQUEST},
            ExpressionAttributeValues={
                ":asked": TypeSerializer().serialize(request),
                ":said": TypeSerializer().serialize(said),
            },
        )
