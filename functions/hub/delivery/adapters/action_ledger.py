"""The ledger of actions: one line each, opened before the provider is called."""

from datetime import datetime, timedelta
from uuid import uuid4

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from hub.delivery.ports import Entry, Status
from hub.kernel.errors import Conflict
from hub.kernel.times import iso, moment
from hub.model.decision import Action
from hub.model.promo_code import code_of, plain
from hub.platform.adapters.dynamodb import Table, table_of, translated

KEPT = timedelta(days=400)


class LedgerItem(Table):
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


class Ledger:
    """`hub.delivery.ports.Ledger` in DynamoDB: one write to open, one to settle; a repeat reads the
    line."""

    def __init__(self, table: str, kept: timedelta = KEPT) -> None:
        self._item = table_of(LedgerItem, table)
        self._kept = kept

    def attempt(self, action: Action, at: datetime) -> Entry | None:
        """botocore repeats a write whose answer was lost, and then finds the line it wrote itself.

        `opened_by` tells that line from another's; taken for another's it would end as unknown.
        """
        us = uuid4().hex
        try:
            self._open(action, at, us)
        except Conflict:
            line = self._read(action.id)
            return None if line.opened_by == us else _entry(line)
        return None

    @translated()
    def settle(self, action: Action, entry: Entry) -> None:
        line = self._item
        reference = [line.reference.set(entry.reference)] if entry.reference else []
        told = [line.told.set(dict(entry.told))] if entry.told else []
        line(action.id).update(
            actions=[
                line.status.set(entry.status.value),
                line.reason.set(entry.reason),
                *reference,
                *told,
                line.settled_at.set(iso(entry.at)),
            ],
            condition=line.action_id.exists(),
        )

    def refuse(self, action: Action, entry: Entry) -> None:
        line = self._line(action, entry, "")
        line.settled_at = iso(entry.at)
        try:
            with translated():
                line.save(self._item.action_id.does_not_exist())
        except Conflict:
            return

    @translated()
    def _open(self, action: Action, at: datetime, us: str) -> None:
        new = self._item.action_id.does_not_exist()
        postponed = self._item.status == Status.POSTPONED.value
        self._line(action, Entry(Status.ATTEMPTED, at), us).save(new | postponed)

    def _line(self, action: Action, entry: Entry, us: str) -> LedgerItem:
        return self._item(
            action.id,
            status=entry.status.value,
            reason=entry.reason,
            reference=entry.reference or None,
            code=plain(code_of(action.id)),
            channel=action.channel,
            connector=action.what.get("connector"),
            customer_id=action.customer_id,
            decision_id=action.decision_id,
            decided_at=iso(action.decided_at),
            rule_id=action.rule_id,
            strategy=action.strategy,
            offer=action.offer,
            correlation_id=action.correlation_id,
            opened_at=iso(entry.at),
            opened_by=us,
            expires=int((entry.at + self._kept).timestamp()),
        )

    @translated()
    def _read(self, action_id: str) -> LedgerItem:
        return self._item.get(action_id, consistent_read=True)


def _entry(line: LedgerItem) -> Entry:
    at = moment(line.settled_at or line.opened_at)
    return Entry(Status(line.status), at, line.reason, line.reference or "", line.told or {})
