"""Finds actions in the ledger by their id, the provider's message id or a promo code."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.delivery.adapters.action_ledger import LedgerItem
from hub.model.action_trace import ActionNames, Trace
from hub.platform.adapters import aws_clients
from hub.platform.adapters.dynamodb import bind_table, translate_errors

BY_REFERENCE, BY_CODE = "by_reference", "by_code"
_OPTIONAL = ("rule_id", "strategy", "offer")


class Traces:
    """`hub.measurement.ports.Traces` in DynamoDB.

    One batch reads all action ids. Each message id and each code is a query.
    """

    def __init__(self, table: str) -> None:
        self._table = table
        self._item = bind_table(LedgerItem, table)

    def find(self, names: Sequence[ActionNames]) -> list[Trace | None]:
        """Returns the trace of each action, None if the ledger does not have it."""
        by_id = self._read_by_action_id({name.reference for name in names if name.reference})
        return [by_id.get(name.reference) or self._find_by_message_or_code(name) for name in names]

    @translate_errors()
    def _read_by_action_id(self, action_ids: set[str]) -> dict[str, Trace]:
        lines = self._item.batch_get(sorted(action_ids)) if action_ids else ()
        return {line.action_id: _to_trace(vars(line)["attribute_values"]) for line in lines}

    def _find_by_message_or_code(self, name: ActionNames) -> Trace | None:
        trace = self._query(BY_REFERENCE, "reference", name.message)
        return trace or self._query(BY_CODE, "code", name.code)

    @aws_clients.translate_errors()
    def _query(self, index: str, attribute: str, value: str) -> Trace | None:
        """Returns the newest action, since two actions may have the same code by chance."""
        if not value:
            return None
        response = aws_clients.dynamodb().query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#name = :value",
            ExpressionAttributeNames={"#name": attribute},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        lines = [
            {name: member.get("S", "") for name, member in item.items()}
            for item in response["Items"]
        ]
        return _to_trace(max(lines, key=lambda line: line["opened_at"])) if lines else None


def _to_trace(line: Mapping[str, Any]) -> Trace:
    optional = {name: str(line.get(name) or "") for name in _OPTIONAL}
    return Trace(
        action_id=line["action_id"],
        customer_id=line["customer_id"],
        decision_id=line["decision_id"],
        decided_at=str(line.get("decided_at") or ""),
        channel=line["channel"],
        **optional,
    )
