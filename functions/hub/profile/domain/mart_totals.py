"""The CRM's mart and what is seen live, joined: the totals are of both, and no sale counts twice.

A row of the mart is whole, and complete through a day: its totals are of all days in UTC up to and
including `through`, and of none later. So of what is seen live only later days count on top; what
comes late for a settled day is in the row. Live sums are kept by the day until a row settles them,
for `SETTLING`: a row that lags longer than that is not joined, the next one will be.

Somebody who was two people to the mart has two rows. All rows are of one mart, so who has no newer
one has nothing newer: the latest `through` settles for both.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from hub.model.customer import Block, Customer
from hub.model.event import Event
from hub.profile.domain.block_merge import counted_since, together
from hub.profile.domain.mart_row import EDGES, MONEY, TOTALS, row_of

LOADED = "mart.loaded"
SETTLING = timedelta(days=35)


def counted(customer: Customer, event: Event, sums: Block) -> Customer:
    """With the `sums` of a live event, but for those totals in which the mart has it already."""
    day, rows = event.occurred_at.date().isoformat(), _rows(customer.mart)
    if day > _through(rows):
        known = _days(customer.mart)
        days = {**known, day: _added(known.get(day, {}), _but(sums, EDGES))}
        purchases = _added(customer.purchases, sums)
        return customer.but(purchases=purchases, mart=_mart(rows, days))
    edges, unsettled = _but(sums, TOTALS), _but(sums, _stated(rows))
    return customer.but(purchases=_added(customer.purchases, edges | unsettled))


def loaded(customer: Customer, event: Event, now: datetime) -> Customer:
    """With a row of the mart, unless a later one of the same key is known or it lags too far.

    Raises `Rejected` as `row_of` does.
    """
    told, rows = row_of(event), _rows(customer.mart)
    key, row = told.key, {**told.totals, "through": told.through, "as_of": told.as_of}
    if told.through < (_oldest(now) - timedelta(days=1)).isoformat():
        return customer
    if key in rows and _rank(rows[key]) >= _rank(row):
        return customer
    mart = _settled({**rows, key: row}, _days(customer.mart))
    edges = {name: row[name] for name in EDGES if name in row}
    return customer.but(purchases=_joined(_added(customer.purchases, edges), mart), mart=mart)


def pruned(mart: Block, now: datetime) -> Block:
    """Without the days that no row will settle any more."""
    days = _days(mart)
    if not days or min(days) >= (oldest := _oldest(now).isoformat()):
        return mart
    return _mart(_rows(mart), {day: sums for day, sums in days.items() if day >= oldest})


def both(one: Customer, other: Customer) -> dict[str, Any]:
    """The `purchases` and the `mart` of two customers who are one person."""
    mine, theirs = _rows(one.mart), _rows(other.mart)
    rows = {**theirs, **mine}
    for key in mine.keys() & theirs.keys():
        rows[key] = max(mine[key], theirs[key], key=_rank)
    mart = _settled(rows, together(_days(one.mart), _days(other.mart)))
    return {"purchases": _joined(together(one.purchases, other.purchases), mart), "mart": mart}


def since(own: Customer, base: Customer, current: Customer) -> dict[str, Any]:
    """`own` with what was counted from `base` to `current`; rows of others are left out."""
    before, now = _rows(base.mart), _rows(current.mart)
    rows = {k: row for k, row in now.items() if k in _rows(own.mart) or k not in before}
    days = counted_since(_days(own.mart), _days(base.mart), _days(current.mart))
    purchases = counted_since(own.purchases, base.purchases, current.purchases)
    mart = _settled(rows, days)
    return {"purchases": _joined(purchases, mart), "mart": mart}


def rows_of(customer: Customer) -> Mapping[str, Block]:
    """By the mart's own key, the rows that are joined."""
    return _rows(customer.mart)


def _joined(purchases: Block, mart: Block) -> Block:
    rows, days = _rows(mart), _days(mart)
    totals: dict[str, Any] = {}
    for name in _stated(rows):
        parts = (part[name] for part in (*rows.values(), *days.values()) if name in part)
        totals[name] = reduce(_TOGETHER[name], parts)
    return {**purchases, **totals}


def _settled(rows: Mapping[str, Block], days: Mapping[str, Block]) -> Block:
    through = _through(rows)
    return _mart(rows, {day: sums for day, sums in days.items() if day > through})


def _mart(rows: Mapping[str, Block], days: Mapping[str, Block]) -> Block:
    return {name: part for name, part in (("rows", rows), ("days", days)) if part}


def _rows(mart: Block) -> Mapping[str, Block]:
    rows: Mapping[str, Block] = mart.get("rows", {})
    return rows


def _days(mart: Block) -> Mapping[str, Block]:
    days: Mapping[str, Block] = mart.get("days", {})
    return days


def _through(rows: Mapping[str, Block]) -> str:
    return max([row["through"] for row in rows.values()], default="")


def _rank(row: Block) -> tuple[str, str, str]:
    return row["through"], row["as_of"], str(sorted(row.items()))


def _stated(rows: Mapping[str, Block]) -> tuple[str, ...]:
    return tuple(name for name in TOTALS if any(name in row for row in rows.values()))


def _money(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    sums = dict(one)
    for currency, amount in other.items():
        sums[currency] = sums.get(currency, 0) + amount
    return sums


_TOGETHER: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(TOTALS, add),
    **dict.fromkeys(MONEY, _money),
    "first_at": min,
    "last_at": max,
}


def _added(purchases: Block, sums: Block) -> Block:
    """What `together` makes of them, without asking what each is: every sale takes it twice."""
    added = dict(purchases)
    for name, value in sums.items():
        added[name] = _TOGETHER[name](added[name], value) if name in added else value
    return added


def _but(sums: Block, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in sums.items() if name not in names}


def _oldest(now: datetime) -> date:
    return (now - SETTLING).date()
