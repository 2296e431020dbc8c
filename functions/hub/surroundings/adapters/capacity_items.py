"""The items of the capacity table.

Under `place` = `taken` lies the running total of each capacity. Under an action's own place lies
the answer to its claims and what it still has. Under `lent` lie the loans in the order in which
they end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as Change

from hub.kernel.times import to_iso
from hub.model.decision import Claim
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table
from hub.surroundings.domain.capacity import is_lent, window_start

TAKEN, LENT, CLAIM_LINE = "taken", "lent", "answer"
CLAIM_RETENTION = timedelta(days=400)
WINDOW_RETENTION = timedelta(days=40)


class CapacityItem(TableModel):
    """The key that all items of the table have."""

    place = UnicodeAttribute(hash_key=True)
    line = UnicodeAttribute(range_key=True)


class TotalItem(CapacityItem):
    """The used amount of one capacity."""

    used = NumberAttribute()
    expires = NumberAttribute(null=True)


class ClaimItem(CapacityItem):
    """The answer to one action, in JSON: `refused` is the claim that did not fit, and `holds` are
    the claims that the action has."""

    refused = UnicodeAttribute()
    holds = UnicodeAttribute()
    until = UnicodeAttribute()
    expires = NumberAttribute()

    @property
    def shortage(self) -> Claim | None:
        claim = orjson.loads(self.refused)
        return Claim(**claim) if claim else None

    @property
    def held_claims(self) -> list[Claim]:
        return [Claim(**claim) for claim in orjson.loads(self.holds)]


class LoanItem(CapacityItem):
    """One loan of one action."""

    action_id = UnicodeAttribute()
    capacity = UnicodeAttribute()
    amount = NumberAttribute()


class CapacityItems:
    """Makes the items of one table, their changes and their conditions."""

    def __init__(self, table: str) -> None:
        self.total = bind_table(TotalItem, table)
        self.claim_item = bind_table(ClaimItem, table)
        self.loan = bind_table(LoanItem, table)

    def make_claim_item(
        self,
        action_id: str,
        until: datetime,
        *,
        holds: Sequence[Claim] = (),
        refused: Claim | None = None,
    ) -> ClaimItem:
        return self.claim_item(
            *claim_item_key(action_id),
            refused=to_json(refused and asdict(refused)),
            holds=to_claims_json(holds),
            until=to_iso(until),
            expires=int((until + CLAIM_RETENTION).timestamp()),
        )

    def make_loan_items(
        self, action_id: str, claims: Sequence[Claim], until: datetime
    ) -> Iterator[LoanItem]:
        for claim in claims:
            if is_lent(claim.name):
                yield self.loan(
                    LENT,
                    f"{to_iso(until)}#{action_id}#{claim.name}",
                    action_id=action_id,
                    capacity=claim.name,
                    amount=claim.amount,
                )

    def make_total_changes(self, capacity: str, amount: int, until: datetime) -> list[Change]:
        """Adds `amount` to a total. The item expires after its window, which is a month at most."""
        changes: list[Change] = [self.total.used.add(amount)]
        if window_start(capacity):
            expires = int((until + WINDOW_RETENTION).timestamp())
            changes.append(self.total.expires.set(expires))
        return changes

    def make_room_condition(self, claim: Claim) -> Condition:
        """The condition that the claim fits. A total without an item is zero."""
        most_used = claim.limit - claim.amount
        fits: Condition = self.total.used <= most_used
        return fits if most_used < 0 else fits | self.total.used.does_not_exist()


def claim_item_key(action_id: str) -> tuple[str, str]:
    """The key of the answer to an action: `place` and `line`."""
    return f"action#{action_id}", CLAIM_LINE


def to_claims_json(claims: Sequence[Claim]) -> str:
    return to_json(list(map(asdict, claims)))
