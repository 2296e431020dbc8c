"""The capacity table: what of everything scarce is taken, by which action, and until when."""

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
    """`hub.surroundings.ports.Capacity` in DynamoDB: a claim that is granted costs one
    transaction."""

    def __init__(self, table: str, now: Clock = clock.now) -> None:
        self._rows = CapacityItems(table)
        self._now = now

    def claim(
        self, action_id: str, claims: Sequence[Claim], until: datetime, now: datetime
    ) -> Claim | None:
        """What is overdue is called in only when somebody else is in want of it."""
        wanted = merge_claims(claims)
        short = _retry_on_conflict(self._take, action_id, wanted, until)
        for _ in range(TRIES):
            if short is None or not self._release_overdue(now):
                break
            short = _retry_on_conflict(self._take, action_id, wanted, until)
        return short and _retry_on_conflict(self._refuse, action_id, short, until)

    def give_back(self, action_ids: Sequence[str]) -> None:
        for action_id in action_ids:
            _retry_on_conflict(self._release, action_id, lambda _: True)

    def complete(self, action_ids: Sequence[str]) -> None:
        for action_id in action_ids:
            _retry_on_conflict(self._release, action_id, is_lent)

    @translate_errors()
    def read_used(self, now: datetime) -> dict[str, int]:
        rows = self._rows
        used = {total.line: int(total.used) for total in rows.total.query(TAKEN)}
        for loan in rows.loan.query(LENT, rows.loan.line < to_iso(now)):
            used[loan.capacity] = used.get(loan.capacity, 0) - int(loan.amount)
        return {name: n for name, n in used.items() if n > 0 and not is_window_over(name, now)}

    def _take(self, action_id: str, wanted: Sequence[Claim], until: datetime) -> Claim | None:
        """The share that is not to be had, now or when the action first asked for it."""
        rows = self._rows
        try:
            with TransactWrite(connection=SharedConnection()) as transaction:
                answer = rows.make_claim_item(action_id, until, holds=wanted)
                transaction.save(answer, rows.claim_item.place.does_not_exist())
                for loan in rows.make_loan_items(action_id, wanted, until):
                    transaction.save(loan)
                for claim in wanted:
                    changes = rows.make_total_changes(claim.name, claim.amount, until)
                    total = rows.total(TAKEN, claim.name)
                    transaction.update(total, changes, rows.make_room_condition(claim))
        except TransactWriteError as error:
            with translate_errors():
                return self._find_shortage(action_id, wanted, error)
        return None

    def _find_shortage(
        self, action_id: str, wanted: Sequence[Claim], error: TransactWriteError
    ) -> Claim | None:
        """The reasons are in the order of the transaction: first the answer, last the totals."""
        failed = [
            reason and reason.code == CONDITION_FAILED for reason in error.cancellation_reasons
        ]
        if failed and failed[0]:
            return self._read_shortage(action_id)
        for claim, is_short in zip(wanted, failed[-len(wanted) :], strict=False):
            if is_short:
                return claim
        raise error

    def _refuse(self, action_id: str, short: Claim, until: datetime) -> Claim | None:
        """Two who ask for the same action at once are told the same: what was written first."""
        try:
            self._put_new(self._rows.make_claim_item(action_id, until, refused=short))
        except Conflict:
            return self._read_shortage(action_id)
        return short

    def _release_overdue(self, now: datetime) -> bool:
        """Takes back what is overdue; whether there was any."""
        overdue = self._find_overdue(now)
        for action_id in overdue:
            _retry_on_conflict(self._release, action_id, is_lent)
        return bool(overdue)

    @translate_errors()
    def _find_overdue(self, now: datetime) -> list[str]:
        loan = self._rows.loan
        ended = loan.line < to_iso(now)
        found = loan.query(LENT, ended, limit=MOST_OVERDUE_AT_ONCE, consistent_read=True)
        return list(dict.fromkeys(each.action_id for each in found))

    def _release(self, action_id: str, goes: Callable[[str], bool]) -> None:
        """Of what the action holds, what `goes`. Who has not asked yet is noted as holding nothing,
        and takes nothing any more."""
        answer = self._read_claim_item(action_id)
        if answer is None:
            self._put_new(self._rows.make_claim_item(action_id, self._now()))
        elif back := [claim for claim in answer.held_claims if goes(claim.name)]:
            self._take_back(action_id, answer, back)

    @translate_errors()
    def _take_back(self, action_id: str, answer: ClaimItem, back: Sequence[Claim]) -> None:
        rows, until = self._rows, parse_time(answer.until)
        stays = to_claims_json([claim for claim in answer.held_claims if claim not in back])
        with TransactWrite(connection=SharedConnection()) as transaction:
            unchanged = rows.claim_item.holds == answer.holds
            transaction.update(answer, [rows.claim_item.holds.set(stays)], unchanged)
            for claim in back:
                changes = rows.make_total_changes(claim.name, -claim.amount, until)
                transaction.update(rows.total(TAKEN, claim.name), changes)
            for loan in rows.make_loan_items(action_id, back, until):
                transaction.delete(loan)

    @translate_errors()
    def _put_new(self, answer: ClaimItem) -> None:
        answer.save(self._rows.claim_item.place.does_not_exist())

    def _read_shortage(self, action_id: str) -> Claim | None:
        answer = self._read_claim_item(action_id)
        return answer.shortage if answer else None

    @translate_errors()
    def _read_claim_item(self, action_id: str) -> ClaimItem | None:
        try:
            return self._rows.claim_item.get(*claim_item_key(action_id), consistent_read=True)
        except self._rows.claim_item.DoesNotExist:
            return None


def _retry_on_conflict(do: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Others write the same totals: whoever comes between makes this start again."""
    for _ in range(TRIES):
        try:
            return do(*args, **named)
        except Conflict:
            continue
    raise Unavailable(f"the capacities were written by others {TRIES} times in a row")
