"""The action ledger: one line for each action, opened before the provider is called."""

from datetime import datetime, timedelta
from uuid import uuid4

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.kernel.errors import Conflict
from hub.kernel.times import parse_time, to_iso
from hub.model.action_content import ConnectorCall
from hub.model.decision import Action
from hub.model.promo_code import derive_promo_code, normalize_promo_code
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

RETENTION = timedelta(days=400)


class LedgerItem(TableModel):
    """One line. Two indexes find it: by `reference`, which is absent until the provider has given
    one, and by `code` (see `hub.delivery.adapters.ledger_trace_index`)."""

    action_id = UnicodeAttribute(hash_key=True)
    status = UnicodeAttribute()
    reason = UnicodeAttribute()
    reference = UnicodeAttribute(null=True)
    code = UnicodeAttribute(null=True)
    details = JSONAttribute(null=True, attr_name="told")
    channel = UnicodeAttribute()
    connector = UnicodeAttribute(null=True)
    customer_id = UnicodeAttribute()
    decision_id = UnicodeAttribute()
    decided_at = UnicodeAttribute(null=True)
    rule_id = UnicodeAttribute()
    strategy = UnicodeAttribute(null=True)
    offer = UnicodeAttribute(null=True)
    correlation_id = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    opened_by = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class ActionLedger:
    """`hub.delivery.ports.ActionLedger` in DynamoDB: one write opens a line and one settles it."""

    def __init__(self, table: str, retention: timedelta = RETENTION) -> None:
        self._item = bind_table(LedgerItem, table)
        self._retention = retention

    def attempt(self, action: Action, at: datetime) -> LedgerEntry | None:
        """Opens the line, with an id of this attempt in `opened_by`.

        botocore repeats a write whose response was lost, and then the line exists already. Without
        `opened_by` this attempt would take its own line for another's, and the action would end as
        unknown.
        """
        attempt_id = uuid4().hex
        try:
            self._open(action, at, attempt_id)
        except Conflict:
            line = self._read(action.id)
            return None if line.opened_by == attempt_id else _to_entry(line)
        return None

    @translate_errors()
    def settle(self, action: Action, entry: LedgerEntry) -> None:
        line = self._item
        reference = [line.reference.set(entry.reference)] if entry.reference else []
        details = [line.details.set(dict(entry.details))] if entry.details else []
        line(action.id).update(
            actions=[
                line.status.set(entry.status.value),
                line.reason.set(entry.reason),
                *reference,
                *details,
                line.settled_at.set(to_iso(entry.at)),
            ],
            condition=line.action_id.exists(),
        )

    def refuse(self, action: Action, entry: LedgerEntry) -> None:
        line = self._build_item(action, entry, "")
        line.settled_at = to_iso(entry.at)
        try:
            with translate_errors():
                line.save(self._item.action_id.does_not_exist())
        except Conflict:
            return

    @translate_errors()
    def _open(self, action: Action, at: datetime, attempt_id: str) -> None:
        is_new = self._item.action_id.does_not_exist()
        is_postponed = self._item.status == ActionStatus.POSTPONED.value
        item = self._build_item(action, LedgerEntry(ActionStatus.ATTEMPTED, at), attempt_id)
        item.save(is_new | is_postponed)

    def _build_item(self, action: Action, entry: LedgerEntry, attempt_id: str) -> LedgerItem:
        content = action.what
        return self._item(
            action.id,
            status=entry.status.value,
            reason=entry.reason,
            reference=entry.reference or None,
            code=normalize_promo_code(derive_promo_code(action.id)),
            channel=action.channel,
            connector=content.connector or None if isinstance(content, ConnectorCall) else None,
            customer_id=action.customer_id,
            decision_id=action.decision_id,
            decided_at=to_iso(action.decided_at),
            rule_id=action.rule_id,
            strategy=action.strategy,
            offer=action.offer,
            correlation_id=action.correlation_id,
            opened_at=to_iso(entry.at),
            opened_by=attempt_id,
            expires=int((entry.at + self._retention).timestamp()),
        )

    @translate_errors()
    def _read(self, action_id: str) -> LedgerItem:
        return self._item.get(action_id, consistent_read=True)


def _to_entry(line: LedgerItem) -> LedgerEntry:
    at = parse_time(line.settled_at or line.opened_at)
    return LedgerEntry(
        ActionStatus(line.status), at, line.reason, line.reference or "", line.details or {}
    )
