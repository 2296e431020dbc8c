"""The capacity table: how much of each capacity is in use, by which action and until when."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ParamSpec, TypeVar

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from hub.kernel.errors import Conflict, Unavailable
from hub.kernel.times import parse_time, to_iso
from hub.model.decision import Claim
from hub.platform.adapters import clock
from hub.platform.adapters.dynamodb import SharedConnection, translate_errors
from hub.platform.ports import Clock
from hub.surroundings.adapters.capacity_items import (
    LENT,
    TAKEN,
    CapacityItems,
    ClaimItem,
    claim_item_key,
    to_claims_json,
)
from hub.surroundings.domain.capacity import is_lent, is_window_over, merge_claims

MOST_OVERDUE_AT_ONCE = 100
TRIES = 5
CONDITION_FAILED = "ConditionalCheckFailed"

P = ParamSpec("P")
T = TypeVar("T")


class CapacityClaims:
    """`hub.surroundings.ports.CapacityClaims` in DynamoDB: a granted claim costs one
    transaction."""

    def __init__(self, table: str, now: Clock = clock.now) -> None:
        self._items = CapacityItems(table)
        self._now = now

    def claim(
        self, action_id: str, claims: Sequence[Claim], until: datetime, now: datetime
    ) -> Claim | None:
        """Ends overdue loans only if this action needs them."""
        claims = merge_claims(claims)
        shortage = _retry_on_conflict(self._take, action_id, claims, until)
        for _ in range(TRIES):
            if shortage is None or not self._release_overdue(now):
                break
            shortage = _retry_on_conflict(self._take, action_id, claims, until)
        return shortage and _retry_on_conflict(self._refuse, action_id, shortage, until)

    def give_back(self, action_ids: Sequence[str]) -> None:
        for action_id in action_ids:
            _retry_on_conflict(self._release, action_id, lambda _: True)

    def complete(self, action_ids: Sequence[str]) -> None:
        for action_id in action_ids:
            _retry_on_conflict(self._release, action_id, is_lent)

    @translate_errors()
    def read_used(self, now: datetime) -> dict[str, int]:
        items = self._items
        used = {item.line: int(item.used) for item in items.total.query(TAKEN)}
        for loan_item in items.loan.query(LENT, items.loan.line < to_iso(now)):
            capacity = loan_item.capacity
            used[capacity] = used.get(capacity, 0) - int(loan_item.amount)
        return {
            name: amount
            for name, amount in used.items()
            if amount > 0 and not is_window_over(name, now)
        }

    def _take(self, action_id: str, claims: Sequence[Claim], until: datetime) -> Claim | None:
        """Returns the claim that does not fit, now or when the action first claimed."""
        items = self._items
        try:
            with TransactWrite(connection=SharedConnection()) as transaction:
                claim_item = items.make_claim_item(action_id, until, holds=claims)
                transaction.save(claim_item, items.claim_item.place.does_not_exist())
                for loan_item in items.make_loan_items(action_id, claims, until):
                    transaction.save(loan_item)
                for claim in claims:
                    changes = items.make_total_changes(claim.name, claim.amount, until)
                    total_item = items.total(TAKEN, claim.name)
                    transaction.update(total_item, changes, items.make_room_condition(claim))
        except TransactWriteError as error:
            with translate_errors():
                return self._find_shortage(action_id, claims, error)
        return None

    def _find_shortage(
        self, action_id: str, claims: Sequence[Claim], error: TransactWriteError
    ) -> Claim | None:
        """The reasons have the order of the transaction: first the answer, last the totals."""
        failed = [
            reason and reason.code == CONDITION_FAILED for reason in error.cancellation_reasons
        ]
        if failed and failed[0]:
            return self._read_shortage(action_id)
        for claim, is_short in zip(claims, failed[-len(claims) :], strict=False):
            if is_short:
                return claim
        raise error

    def _refuse(self, action_id: str, shortage: Claim, until: datetime) -> Claim | None:
        """Stores the refusal. Of two calls for one action at once, both get the first answer."""
        try:
            self._put_new(self._items.make_claim_item(action_id, until, refused=shortage))
        except Conflict:
            return self._read_shortage(action_id)
        return shortage

    def _release_overdue(self, now: datetime) -> bool:
        """Ends the overdue loans. Returns whether there were any."""
        action_ids = self._find_overdue(now)
        for action_id in action_ids:
            _retry_on_conflict(self._release, action_id, is_lent)
        return bool(action_ids)

    @translate_errors()
    def _find_overdue(self, now: datetime) -> list[str]:
        """The ids of the actions with overdue loans."""
        loan = self._items.loan
        overdue = loan.query(
            LENT, loan.line < to_iso(now), limit=MOST_OVERDUE_AT_ONCE, consistent_read=True
        )
        return list(dict.fromkeys(loan_item.action_id for loan_item in overdue))

    def _release(self, action_id: str, is_returned: Callable[[str], bool]) -> None:
        """Returns those claims of the action whose capacity `is_returned`.

        An action that has not claimed yet gets an empty answer, so that it takes nothing later.
        """
        claim_item = self._read_claim_item(action_id)
        if claim_item is None:
            self._put_new(self._items.make_claim_item(action_id, self._now()))
        elif returned := [claim for claim in claim_item.held_claims if is_returned(claim.name)]:
            self._take_back(action_id, claim_item, returned)

    @translate_errors()
    def _take_back(self, action_id: str, claim_item: ClaimItem, returned: Sequence[Claim]) -> None:
        items, until = self._items, parse_time(claim_item.until)
        kept = to_claims_json([claim for claim in claim_item.held_claims if claim not in returned])
        with TransactWrite(connection=SharedConnection()) as transaction:
            unchanged = items.claim_item.holds == claim_item.holds
            transaction.update(claim_item, [items.claim_item.holds.set(kept)], unchanged)
            for claim in returned:
                changes = items.make_total_changes(claim.name, -claim.amount, until)
                transaction.update(items.total(TAKEN, claim.name), changes)
            for loan_item in items.make_loan_items(action_id, returned, until):
                transaction.delete(loan_item)

    @translate_errors()
    def _put_new(self, claim_item: ClaimItem) -> None:
        claim_item.save(self._items.claim_item.place.does_not_exist())

    def _read_shortage(self, action_id: str) -> Claim | None:
        claim_item = self._read_claim_item(action_id)
        return claim_item.shortage if claim_item else None

    @translate_errors()
    def _read_claim_item(self, action_id: str) -> ClaimItem | None:
        try:
            return self._items.claim_item.get(*claim_item_key(action_id), consistent_read=True)
        except self._items.claim_item.DoesNotExist:
            return None


def _retry_on_conflict(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls `do` again after a conflict, because other actions write the same totals."""
    for _ in range(TRIES):
        try:
            return do(*args, **kwargs)
        except Conflict:
            continue
    raise Unavailable(f"other actions changed the capacities {TRIES} times in a row")
