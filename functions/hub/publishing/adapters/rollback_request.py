"""Rollback requests, which marketers type in the console on the item with the newest number."""

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from hub.catalogue.adapters.catalogue_store import NEWEST
from hub.kernel.errors import Conflict
from hub.kernel.json_types import JsonObject
from hub.platform.adapters.aws_clients import dynamodb, translate_errors

REQUEST = "roll_back_to"
DONE, REFUSED = "rolled_back", "rollback_refused"
_KEY = {"name": {"S": NEWEST}}


class RollbackRequests:
    """`hub.publishing.ports.RollbackRequests` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = table

    @translate_errors()
    def read_request(self) -> object:
        response = dynamodb().get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        item = response.get("Item", {})
        return TypeDeserializer().deserialize(item[REQUEST]) if REQUEST in item else None

    def complete(self, request: object, result: JsonObject) -> None:
        try:
            self._complete(request, result)
        except Conflict:
            return  # there is another request by now, and it is handled next

    @translate_errors()
    def _complete(self, request: object, result: JsonObject) -> None:
        ((name, details),) = result.items()
        other = REFUSED if name == DONE else DONE
        dynamodb().update_item(
            TableName=self._table,
            Key=_KEY,
            UpdateExpression="SET #name = :details REMOVE #request, #other",
            ConditionExpression="#request = :request",
            ExpressionAttributeNames={"#name": name, "#other": other, "#request": REQUEST},
            ExpressionAttributeValues={
                ":request": TypeSerializer().serialize(request),
                ":details": TypeSerializer().serialize(details),
            },
        )
