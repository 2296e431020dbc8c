"""The rows of the capacity table.

The place `taken` has the running total of each capacity; an action's own place has what it was
answered and what it holds; the place `lent` has, in the order of their ends, the shares that come
back by themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as Change

from hub.kernel.times import iso
from hub.model.decision import Claim
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of
from hub.surroundings.domain.capacity import is_lent, window_of

TAKEN, LENT, ANSWER = "taken", "lent", "answer"
ANSWER_KEPT = timedelta(days=400)
WINDOW_KEPT = timedelta(days=40)


class Row(Table):
    place = UnicodeAttribute(hash_key=True)
    line = UnicodeAttribute(range_key=True)


class Total(Row):
    used = NumberAttribute()
    expires = NumberAttribute(null=True)


class Answer(Row):
    """`refused` is the share that was not to be had, `holds` are those that are held: JSON."""

    refused = UnicodeAttribute()
    holds = UnicodeAttribute()
    until = UnicodeAttribute()
    expires = NumberAttribute()

    @property
    def shortage(self) -> Claim | None:
        told = orjson.loads(self.refused)
        return Claim(**told) if told else None

    @property
    def held(self) -> list[Claim]:
        return [Claim(**claim) for claim in orjson.loads(self.holds)]


class Loan(Row):
    action_id = UnicodeAttribute()
    capacity = UnicodeAttribute()
    amount = NumberAttribute()


class CapacityRows:
    """Makes the rows of one table, and the changes to them."""

    def __init__(self, table: str) -> None:
        self.total = table_of(Total, table)
        self.answer = table_of(Answer, table)
        self.loan = table_of(Loan, table)

    def answered(
        self,
        action_id: str,
        until: datetime,
        *,
        holds: Sequence[Claim] = (),
        refused: Claim | None = None,
    ) -> Answer:
        return self.answer(
            *answer_key(action_id),
            refused=to_json(refused and asdict(refused)),
            holds=claims_json(holds),
            until=iso(until),
            expires=int((until + ANSWER_KEPT).timestamp()),
        )

    def loans(self, action_id: str, claims: Sequence[Claim], until: datetime) -> Iterator[Loan]:
        for claim in claims:
            if is_lent(claim.name):
                yield self.loan(
                    LENT,
                    f"{iso(until)}#{action_id}#{claim.name}",
                    action_id=action_id,
                    capacity=claim.name,
                    amount=claim.amount,
                )

    def changes(self, capacity: str, amount: int, until: datetime) -> list[Change]:
        """To a total, which goes when it has a window and that is past: none is over a month."""
        changes: list[Change] = [self.total.used.add(amount)]
        if window_of(capacity):
            expires = int((until + WINDOW_KEPT).timestamp())
            changes.append(self.total.expires.set(expires))
        return changes

    def room_for(self, claim: Claim) -> Condition:
        """A total that is not there is nothing, in which only what is within the limit fits."""
        left = claim.limit - claim.amount
        fits: Condition = self.total.used <= left
        return fits if left < 0 else fits | self.total.used.does_not_exist()


def answer_key(action_id: str) -> tuple[str, str]:
    return f"action#{action_id}", ANSWER


def claims_json(claims: Sequence[Claim]) -> str:
    return to_json(list(map(asdict, claims)))
