"""The wish to roll back, typed in the console on the item that names the newest catalogue."""

from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from hub.catalogue.adapters.catalogue_store import NEWEST
from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_clients import dynamodb, translated

WISH = "roll_back_to"
DONE, REFUSED = "rolled_back", "rollback_refused"
_KEY = {"name": {"S": NEWEST}}


class Rollbacks:
    """`hub.publishing.ports.Rollbacks` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = table

    @translated()
    def asked(self) -> object:
        found = dynamodb().get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        item = found.get("Item", {})
        return TypeDeserializer().deserialize(item[WISH]) if WISH in item else None

    def answer(self, asked: object, answer: Mapping[str, Any]) -> None:
        try:
            self._answer(asked, answer)
        except Conflict:
            return  # something else is asked by now, and is answered next

    @translated()
    def _answer(self, asked: object, answer: Mapping[str, Any]) -> None:
        ((name, said),) = answer.items()
        other = REFUSED if name == DONE else DONE
        dynamodb().update_item(
            TableName=self._table,
            Key=_KEY,
            UpdateExpression="SET #name = :said REMOVE #wish, #other",
            ConditionExpression="#wish = :asked",
            ExpressionAttributeNames={"#name": name, "#other": other, "#wish": WISH},
            ExpressionAttributeValues={
                ":asked": TypeSerializer().serialize(asked),
                ":said": TypeSerializer().serialize(said),
            },
        )
