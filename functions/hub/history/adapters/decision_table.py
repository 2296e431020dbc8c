"""The decisions table: what was decided about a customer, for as long as it is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.errors import Conflict
from hub.kernel.times import iso, moment
from hub.model.decision import Decision
from hub.model.decision_outcome import Mark
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of, translated

KEPT = timedelta(days=90)


class DecisionItem(Table):
    customer_id = UnicodeAttribute(hash_key=True)
    decided = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
    event_type = UnicodeAttribute()
    source = UnicodeAttribute()
    catalogue = NumberAttribute()
    expires = NumberAttribute()
    flagged = UnicodeAttribute(null=True)


class MarksItem(Table):
    """What became of a decision, beside it: saving that again must not wipe this out."""

    customer_id = UnicodeAttribute(hash_key=True)
    decided = UnicodeAttribute(range_key=True)
    reviewed = UnicodeAttribute(null=True)
    discarded = UnicodeAttribute(null=True)
    converted = UnicodeAttribute(null=True)
    expires = NumberAttribute()


def marks_of(customer_id: str) -> str:
    """The key under which the marks of a customer's decisions lie."""
    return f"{customer_id}#marks"


class Decisions:
    """`hub.history.ports.Decisions` in DynamoDB. Saving a decision again changes nothing."""

    def __init__(self, table: str, kept: timedelta = KEPT) -> None:
        self._item = table_of(DecisionItem, table)
        self._marks = table_of(MarksItem, table)
        self._kept = kept

    @translated()
    def save(self, decisions: Sequence[Decision]) -> None:
        items = {(d.customer_id, self._sort_key(d)): self._item_of(d) for d in decisions}
        with self._item.batch_write() as batch:
            for item in items.values():
                batch.save(item)

    def mark(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            self._mark(mark)

    def _mark(self, mark: Mark) -> None:
        trace, noted = mark.trace, getattr(self._marks, mark.word)
        place = marks_of(trace.customer_id), f"{trace.decided_at}#{trace.decision_id}"
        decided = moment(trace.decided_at or iso(mark.at))
        later = noted.does_not_exist() | (noted > iso(mark.at))
        changes = [noted.set(iso(mark.at)), self._marks.expires.set(self._expires(decided))]
        try:
            with translated():
                self._marks(*place).update(changes, later)
        except Conflict:
            return

    @translated()
    def flag(self, customer_id: str, since: datetime, until: datetime, why: str) -> int:
        between = self._item.decided.between(iso(since), f"{iso(until)}$")
        found = list(self._item.query(customer_id, between, attributes_to_get=["decided"]))
        for item in found:
            self._item(customer_id, item.decided).update([self._item.flagged.set(why)])
        return len(found)

    def _item_of(self, decision: Decision) -> DecisionItem:
        return self._item(
            decision.customer_id,
            self._sort_key(decision),
            record=to_json(decision.to_dict()),
            event_type=decision.event_type,
            source=decision.source,
            catalogue=decision.catalogue,
            expires=self._expires(decision.decided_at),
        )

    def _expires(self, decided_at: datetime) -> int:
        return int((decided_at + self._kept).timestamp())

    @staticmethod
    def _sort_key(decision: Decision) -> str:
        return f"{iso(decision.decided_at)}#{decision.id}"
