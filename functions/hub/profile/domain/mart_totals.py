"""Joins the totals of the CRM's mart with live events, so that no sale counts twice.

A row of the mart is complete through a day: its totals are of all days in UTC up to and including
`through`, and of no later day. So only live events of later days count on top. A late event of a
day that a row covers is in the row already. The block `mart` keeps live sums by day until a row
covers the day, for `SETTLEMENT_PERIOD` at most. A row that lags longer than that is ignored; the
next row will count.

A customer who was two people in the mart has two rows. All rows are of one mart, so a row that was
not sent again has nothing new: the latest `through` holds for both rows.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add

from hub.kernel.json_types import Json
from hub.model.customer import Block, Customer
from hub.model.event import Event
from hub.profile.domain.block_merge import add_counts_since, combine
from hub.profile.domain.mart_row import FIRST_AND_LAST, MONEY_TOTALS, TOTALS, read_mart_row

MART_LOADED = "mart.loaded"
SETTLEMENT_PERIOD = timedelta(days=35)


def add_live_sums(customer: Customer, event: Event, sums: Block) -> Customer:
    """Adds the `sums` of a live event, without the totals in which the mart has it already."""
    day, rows = event.occurred_at.date().isoformat(), _rows(customer.mart)
    if day > _through(rows):
        days = dict(_days(customer.mart))
        days[day] = _add_sums(days.get(day, {}), _omit(sums, FIRST_AND_LAST))
        purchases = _add_sums(customer.purchases, sums)
        return customer.with_changes(purchases=purchases, mart=_build_mart(rows, days))
    edges, unsettled = _omit(sums, TOTALS), _omit(sums, _list_stated_totals(rows))
    return customer.with_changes(purchases=_add_sums(customer.purchases, edges | unsettled))


def apply_mart_row(customer: Customer, event: Event, now: datetime) -> Customer:
    """Applies a row of the mart, unless it lags too far or the customer has a later one of its key.

    Raises `Rejected` as `read_mart_row` does.
    """
    mart_row, rows = read_mart_row(event), _rows(customer.mart)
    key = mart_row.key
    row = {**mart_row.totals, "through": mart_row.through, "as_of": mart_row.as_of}
    if mart_row.through < (_oldest_open_day(now) - timedelta(days=1)).isoformat():
        return customer
    if key in rows and _freshness_key(rows[key]) >= _freshness_key(row):
        return customer
    mart = _settle_days({**rows, key: row}, _days(customer.mart))
    edges = {name: row[name] for name in FIRST_AND_LAST if name in row}
    return customer.with_changes(
        purchases=_join_totals(_add_sums(customer.purchases, edges), mart), mart=mart
    )


def drop_expired_days(mart: Block, now: datetime) -> Block:
    """Returns the block without the days that are older than `SETTLEMENT_PERIOD`."""
    days = _days(mart)
    if not days or min(days) >= (oldest := _oldest_open_day(now).isoformat()):
        return mart
    return _build_mart(_rows(mart), {day: sums for day, sums in days.items() if day >= oldest})


def combine_purchases(first: Customer, second: Customer) -> dict[str, Json]:
    """Returns the blocks `purchases` and `mart` of two customers who are one person."""
    mine, theirs = _rows(first.mart), _rows(second.mart)
    rows = {**theirs, **mine}
    for key in mine.keys() & theirs.keys():
        rows[key] = max(mine[key], theirs[key], key=_freshness_key)
    mart = _settle_days(rows, combine(_days(first.mart), _days(second.mart)))
    return {
        "purchases": _join_totals(combine(first.purchases, second.purchases), mart),
        "mart": mart,
    }


def add_purchases_since(own: Customer, base: Customer, current: Customer) -> dict[str, Json]:
    """Adds to the blocks of `own` what was counted from `base` to `current`.

    Rows of the mart that are not the customer's are left out.
    """
    before, now = _rows(base.mart), _rows(current.mart)
    rows = {k: row for k, row in now.items() if k in _rows(own.mart) or k not in before}
    days = add_counts_since(_days(own.mart), _days(base.mart), _days(current.mart))
    purchases = add_counts_since(own.purchases, base.purchases, current.purchases)
    mart = _settle_days(rows, days)
    return {"purchases": _join_totals(purchases, mart), "mart": mart}


def mart_rows(customer: Customer) -> Mapping[str, Block]:
    """The rows of the customer by the mart's own key."""
    return _rows(customer.mart)


def _join_totals(purchases: Block, mart: Block) -> Block:
    rows, days = _rows(mart), _days(mart)
    totals: dict[str, Json] = {}
    for name in _list_stated_totals(rows):
        parts = (part[name] for part in (*rows.values(), *days.values()) if name in part)
        totals[name] = reduce(_COMBINE_BY_NAME[name], parts)
    return {**purchases, **totals}


def _settle_days(rows: Mapping[str, Block], days: Mapping[str, Block]) -> Block:
    through = _through(rows)
    return _build_mart(rows, {day: sums for day, sums in days.items() if day > through})


def _build_mart(rows: Mapping[str, Block], days: Mapping[str, Block]) -> Block:
    return {name: part for name, part in (("rows", rows), ("days", days)) if part}


def _rows(mart: Block) -> Mapping[str, Block]:
    rows: Mapping[str, Block] = mart.get("rows", {})
    return rows


def _days(mart: Block) -> Mapping[str, Block]:
    days: Mapping[str, Block] = mart.get("days", {})
    return days


def _through(rows: Mapping[str, Block]) -> str:
    return max([row["through"] for row in rows.values()], default="")


def _freshness_key(row: Block) -> tuple[str, str, str]:
    return row["through"], row["as_of"], str(sorted(row.items()))


def _list_stated_totals(rows: Mapping[str, Block]) -> tuple[str, ...]:
    return tuple(name for name in TOTALS if any(name in row for row in rows.values()))


def _add_money(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    sums = dict(first)
    for currency, amount in second.items():
        sums[currency] = sums.get(currency, 0) + amount
    return sums


_COMBINE_BY_NAME: Mapping[str, Callable[[Json, Json], Json]] = {
    **dict.fromkeys(TOTALS, add),
    **dict.fromkeys(MONEY_TOTALS, _add_money),
    "first_at": min,
    "last_at": max,
}


def _add_sums(purchases: Block, sums: Block) -> Block:
    """Combines them as `combine` does, but faster, because every sale needs it twice."""
    added = dict(purchases)
    for name, value in sums.items():
        added[name] = _COMBINE_BY_NAME[name](added[name], value) if name in added else value
    return added


def _omit(sums: Block, names: tuple[str, ...]) -> dict[str, Json]:
    return {name: value for name, value in sums.items() if name not in names}


def _oldest_open_day(now: datetime) -> date:
    return (now - SETTLEMENT_PERIOD).date()
