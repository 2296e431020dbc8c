"""The decisions table: the decisions about each customer, for as long as they are kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.errors import Conflict
from hub.kernel.times import parse_time, to_iso
from hub.model.decision import Decision
from hub.model.decision_outcome import DecisionOutcome
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

RETENTION = timedelta(days=90)


class DecisionItem(TableModel):
    customer_id = UnicodeAttribute(hash_key=True)
    decided = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
    event_type = UnicodeAttribute()
    source = UnicodeAttribute()
    catalogue = NumberAttribute()
    expires = NumberAttribute()
    flagged = UnicodeAttribute(null=True)


class OutcomesItem(TableModel):
    """The outcomes of a decision, in an item of their own: saving the decision again must not
    delete them."""

    customer_id = UnicodeAttribute(hash_key=True)
    decided = UnicodeAttribute(range_key=True)
    reviewed = UnicodeAttribute(null=True)
    discarded = UnicodeAttribute(null=True)
    converted = UnicodeAttribute(null=True)
    expires = NumberAttribute()


def outcomes_key(customer_id: str) -> str:
    """The key of the outcomes of a customer's decisions."""
    return f"{customer_id}#marks"


class Decisions:
    """`hub.history.ports.Decisions` in DynamoDB. Saving a decision again changes nothing."""

    def __init__(self, table: str, kept: timedelta = RETENTION) -> None:
        self._item = bind_table(DecisionItem, table)
        self._outcomes = bind_table(OutcomesItem, table)
        self._kept = kept

    @translate_errors()
    def save(self, decisions: Sequence[Decision]) -> None:
        items = {(d.customer_id, self._sort_key(d)): self._to_item(d) for d in decisions}
        with self._item.batch_write() as batch:
            for item in items.values():
                batch.save(item)

    def record_outcomes(self, outcomes: Sequence[DecisionOutcome]) -> None:
        for outcome in outcomes:
            self._record_outcome(outcome)

    def _record_outcome(self, outcome: DecisionOutcome) -> None:
        trace, attribute = outcome.trace, getattr(self._outcomes, outcome.kind)
        key = outcomes_key(trace.customer_id), f"{trace.decided_at}#{trace.decision_id}"
        decided = parse_time(trace.decided_at or to_iso(outcome.at))
        is_earlier = attribute.does_not_exist() | (attribute > to_iso(outcome.at))
        changes = [
            attribute.set(to_iso(outcome.at)),
            self._outcomes.expires.set(self._expiry(decided)),
        ]
        try:
            with translate_errors():
                self._outcomes(*key).update(changes, is_earlier)
        except Conflict:
            return

    @translate_errors()
    def flag(self, customer_id: str, since: datetime, until: datetime, reason: str) -> int:
        between = self._item.decided.between(to_iso(since), f"{to_iso(until)}$")
        items = list(self._item.query(customer_id, between, attributes_to_get=["decided"]))
        for item in items:
            self._item(customer_id, item.decided).update([self._item.flagged.set(reason)])
        return len(items)

    def _to_item(self, decision: Decision) -> DecisionItem:
        return self._item(
            decision.customer_id,
            self._sort_key(decision),
            record=to_json(decision.to_dict()),
            event_type=decision.event_type,
            source=decision.source,
            catalogue=decision.catalogue,
            expires=self._expiry(decision.decided_at),
        )

    def _expiry(self, decided_at: datetime) -> int:
        return int((decided_at + self._kept).timestamp())

    @staticmethod
    def _sort_key(decision: Decision) -> str:
        return f"{to_iso(decision.decided_at)}#{decision.id}"
