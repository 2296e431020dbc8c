"""The ledger, read by whatever an action was named: its id, the provider's or a promo code."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.delivery.adapters.action_ledger import LedgerItem
from hub.model.action_trace import Named, Trace
from hub.platform.adapters import aws_clients
from hub.platform.adapters.dynamodb import table_of, translated

BY_REFERENCE, BY_CODE = "by_reference", "by_code"
_OPTIONAL = ("rule_id", "strategy", "offer")


class Traces:
    """`hub.measurement.ports.Traces` in DynamoDB: the ids in one read, a query for each message or
    code."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._item = table_of(LedgerItem, table)

    def find(self, names: Sequence[Named]) -> list[Trace | None]:
        known = self._of({name.reference for name in names if name.reference})
        return [known.get(name.reference) or self._found(name) for name in names]

    @translated()
    def _of(self, action_ids: set[str]) -> dict[str, Trace]:
        lines = self._item.batch_get(sorted(action_ids)) if action_ids else ()
        return {line.action_id: _trace(vars(line)["attribute_values"]) for line in lines}

    def _found(self, name: Named) -> Trace | None:
        by_message = self._query(BY_REFERENCE, "reference", name.message)
        return by_message or self._query(BY_CODE, "code", name.code)

    @aws_clients.translated()
    def _query(self, index: str, attribute: str, value: str) -> Trace | None:
        """Of a code that two actions came by, which is one in thousands of millions, the newest."""
        if not value:
            return None
        answer = aws_clients.dynamodb().query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#name = :value",
            ExpressionAttributeNames={"#name": attribute},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        lines = [{n: v.get("S", "") for n, v in item.items()} for item in answer["Items"]]
        return _trace(max(lines, key=lambda line: line["opened_at"])) if lines else None


def _trace(line: Mapping[str, Any]) -> Trace:
    said = {name: str(line.get(name) or "") for name in _OPTIONAL}
    return Trace(
        action_id=line["action_id"],
        customer_id=line["customer_id"],
        decision_id=line["decision_id"],
        decided_at=str(line.get("decided_at") or ""),
        channel=line["channel"],
        **said,
    )
