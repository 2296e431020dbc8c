"""The ledger of actions: one line each, opened before the provider is called."""

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
    """Also found by `reference`, which is not there before the provider has given one, and by
    `code` (see `hub.delivery.adapters.ledger_trace_index`)."""

    action_id = UnicodeAttribute(hash_key=True)
    status = UnicodeAttribute()
    reason = UnicodeAttribute()
    reference = UnicodeAttribute(null=True)
    code = UnicodeAttribute(null=True)
    told = JSONAttribute(null=True)
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
    """`hub.delivery.ports.Ledger` in DynamoDB: one write to open, one to settle; a repeat reads the
    line."""

    def __init__(self, table: str, kept: timedelta = RETENTION) -> None:
        self._item = bind_table(LedgerItem, table)
        self._kept = kept

    def attempt(self, action: Action, at: datetime) -> LedgerEntry | None:
        """botocore repeats a write whose answer was lost, and then finds the line it wrote itself.

        `opened_by` tells that line from another's; taken for another's it would end as unknown.
        """
        us = uuid4().hex
        try:
            self._open(action, at, us)
        except Conflict:
            line = self._read(action.id)
            return None if line.opened_by == us else _to_entry(line)
        return None

    @translate_errors()
    def settle(self, action: Action, entry: LedgerEntry) -> None:
        line = self._item
        reference = [line.reference.set(entry.reference)] if entry.reference else []
        told = [line.told.set(dict(entry.details))] if entry.details else []
        line(action.id).update(
            actions=[
                line.status.set(entry.status.value),
                line.reason.set(entry.reason),
                *reference,
                *told,
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
    def _open(self, action: Action, at: datetime, us: str) -> None:
        new = self._item.action_id.does_not_exist()
        postponed = self._item.status == ActionStatus.POSTPONED.value
        self._build_item(action, LedgerEntry(ActionStatus.ATTEMPTED, at), us).save(new | postponed)

    def _build_item(self, action: Action, entry: LedgerEntry, us: str) -> LedgerItem:
        what = action.what
        return self._item(
            action.id,
            status=entry.status.value,
            reason=entry.reason,
            reference=entry.reference or None,
            code=normalize_promo_code(derive_promo_code(action.id)),
            channel=action.channel,
            connector=what.connector or None if isinstance(what, ConnectorCall) else None,
            customer_id=action.customer_id,
            decision_id=action.decision_id,
            decided_at=to_iso(action.decided_at),
            rule_id=action.rule_id,
            strategy=action.strategy,
            offer=action.offer,
            correlation_id=action.correlation_id,
            opened_at=to_iso(entry.at),
            opened_by=us,
            expires=int((entry.at + self._kept).timestamp()),
        )

    @translate_errors()
    def _read(self, action_id: str) -> LedgerItem:
        return self._item.get(action_id, consistent_read=True)


def _to_entry(line: LedgerItem) -> LedgerEntry:
    at = parse_time(line.settled_at or line.opened_at)
    return LedgerEntry(
        ActionStatus(line.status), at, line.reason, line.reference or "", line.told or {}
    )
