"""Joins the totals of the CRM's mart with live events, so that no sale counts twice.

A row of the mart is complete through a day: its totals are of all days in UTC up to and including
`through`, and of no later day. So only live events of later days count on top. A late event of a
day that a row covers is in the row already. The block `mart` keeps the live sums of the last
`MOST_DAYS` days with a sale or return that no row covers. The sums of older such days are together
in `earlier`. So the totals are always those of the rows, the days and `earlier`, however long the
mart was silent, and a merge comes to the same totals.

A row is ignored if it lags more than `LONGEST_LAG` behind or ends among the `earlier` days; the
next row will count. So is a row that claims to be complete through a day that has not begun.

A customer who was two people in the mart has two rows. All rows are of one mart, so a row that was
not sent again has nothing new: the latest `through` holds for both rows.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add

from hub.kernel.json_types import Json
from hub.model.customer import Block, Customer
from hub.model.event import Event
from hub.profile.domain.block_merge import add_counts_since, combine
from hub.profile.domain.mart_row import FIRST_AND_LAST, MONEY_TOTALS, TOTALS, read_mart_row
from hub.profile.domain.occurrences import drop_zeros

LONGEST_LAG = timedelta(days=36)
MOST_DAYS = 35


def add_live_sums(customer: Customer, sums_by_day: Mapping[str, Block], edges: Block) -> Customer:
    """Adds the live sums of some days, without the totals in which the mart has them already.

    Sums may be negative, if they take back what was added. `edges` are the first and last time.
    """
    rows, days = _rows(customer.mart), dict(_days(customer.mart))
    through, stated = _through(rows), _list_stated_totals(rows)
    purchases: Block = customer.purchases
    for day, sums in sums_by_day.items():
        is_open = day > through
        purchases = _add_sums(purchases, sums if is_open else _omit(sums, stated))
        if is_open:
            days[day] = _add_sums(days.get(day, {}), sums)
    if not all(map(_is_added, sums_by_day.values())):
        purchases = drop_zeros(purchases)
        days = {day: left for day, sums in days.items() if (left := drop_zeros(sums))}
    return customer.with_changes(
        purchases=_add_sums(purchases, edges),
        mart=_build_mart(rows, days, _earlier(customer.mart)),
    )


def _is_added(sums: Block) -> bool:
    """Whether the sums take nothing back."""
    money = (value.values() if isinstance(value, Mapping) else (value,) for value in sums.values())
    return all(part >= 0 for parts in money for part in parts)


def apply_mart_row(customer: Customer, event: Event, now: datetime) -> Customer:
    """Applies a row of the mart, unless it lags too far, is of a day that has not begun, or the
    customer has a later one of its key.

    Raises `Rejected` as `read_mart_row` does.
    """
    mart_row, rows = read_mart_row(event), _rows(customer.mart)
    key = mart_row.key
    row = {**mart_row.totals, "through": mart_row.through, "as_of": mart_row.as_of}
    earlier = _earlier(customer.mart)
    oldest = max((now - LONGEST_LAG).date().isoformat(), earlier.get("through", ""))
    if not oldest <= mart_row.through <= mart_row.received_on:
        return customer
    is_held = key in rows and rows[key]["through"] <= mart_row.received_on
    if is_held and _freshness_key(rows[key]) >= _freshness_key(row):
        return customer
    mart = _settle_days({**rows, key: row}, _days(customer.mart), earlier)
    edges = {name: row[name] for name in FIRST_AND_LAST if name in row}
    return customer.with_changes(
        purchases=_join_totals(_add_sums(customer.purchases, edges), mart), mart=mart
    )


def fold_old_days(customer: Customer) -> Customer:
    """Returns the customer with all days in `earlier` that are `LONGEST_LAG` older than the last.

    The totals stay.
    """
    days = _days(customer.mart)
    newest = max(days, default="")
    if not newest:
        return customer
    oldest = (date.fromisoformat(newest) - LONGEST_LAG).isoformat()
    return _fold_days(customer, [day for day in days if day < oldest])


def fold_all_days(customer: Customer) -> Customer:
    """Returns the customer with all days in `earlier`.

    The totals stay. A row of the mart counts again once it is complete through the last of them.
    """
    return _fold_days(customer, _days(customer.mart))


def _fold_days(customer: Customer, folded: Collection[str]) -> Customer:
    days, earlier = _days(customer.mart), _earlier(customer.mart)
    for day in sorted(folded):
        earlier = _add_earlier(earlier, {"through": day, **days[day]})
    kept = {day: sums for day, sums in days.items() if day not in folded}
    return customer.with_changes(mart=_build_mart(_rows(customer.mart), kept, earlier))


def combine_purchases(first: Customer, second: Customer) -> dict[str, Json]:
    """Returns the blocks `purchases` and `mart` of two customers who are one person."""
    mine, theirs = _rows(first.mart), _rows(second.mart)
    rows = {**theirs, **mine}
    for key in mine.keys() & theirs.keys():
        rows[key] = max(mine[key], theirs[key], key=_freshness_key)
    days = combine(_days(first.mart), _days(second.mart))
    earlier = _add_earlier(_earlier(first.mart), _earlier(second.mart))
    mart = _settle_days(rows, days, earlier)
    return {
        "purchases": _join_totals(combine(first.purchases, second.purchases), mart),
        "mart": mart,
    }


def add_purchases_since(own: Customer, base: Customer, current: Customer) -> dict[str, Json]:
    """Adds to the blocks of `own` what was counted from `base` to `current`.

    Rows of the mart that are not the customer's are left out, with what they changed.
    """
    before, now = _rows(base.mart), _rows(current.mart)
    rows = {k: row for k, row in now.items() if k in _rows(own.mart) or k not in before}
    days, earlier = _live_sums_since(base.mart, current.mart)
    stated = {*_list_stated_totals(before), *_list_stated_totals(now)}
    purchases = add_counts_since(
        own.purchases, _omit(base.purchases, stated), _omit(current.purchases, stated)
    )
    for sums in (*days.values(), earlier):
        purchases = _add_sums(purchases, {n: value for n, value in sums.items() if n in stated})
    own_days = dict(_days(own.mart))
    for day, sums in days.items():
        own_days[day] = _add_sums(own_days.get(day, {}), sums)
    mart = _settle_days(rows, own_days, _add_earlier(_earlier(own.mart), earlier))
    return {"purchases": _join_totals(purchases, mart), "mart": mart}


def mart_rows(customer: Customer) -> Mapping[str, Block]:
    """The rows of the customer by the mart's own key."""
    return _rows(customer.mart)


def _live_sums_since(base: Block, current: Block) -> tuple[dict[str, Block], Block]:
    """The live sums by day, and those of `earlier` days, that were counted from one to the other.

    Days that a row covers by now are left out, because their sums are gone.
    """
    through, now = _through(_rows(current)), _days(current)
    was = {day: sums for day, sums in _days(base).items() if day > through}
    added = {
        day: _subtract_sums(sums, was.get(day, {}))
        for day, sums in now.items()
        if sums != was.get(day)
    }
    earlier = _earlier(current)
    if earlier:
        then = _earlier(base)
        folded = [sums for day, sums in was.items() if day not in now]
        known: Block = reduce(_add_sums, folded, _omit(then, {"through"}))
        sums = _subtract_sums(_omit(earlier, {"through"}), known)
        earlier = {"through": earlier["through"], **sums} if sums else {}
    return {day: sums for day, sums in added.items() if sums}, earlier


def _join_totals(purchases: Block, mart: Block) -> Block:
    parts = (*_rows(mart).values(), *_days(mart).values(), _earlier(mart))
    totals: dict[str, Json] = {}
    for name in _list_stated_totals(_rows(mart)):
        totals[name] = reduce(
            _COMBINE_BY_NAME[name], (part[name] for part in parts if name in part)
        )
    return {**purchases, **totals}


def _settle_days(rows: Mapping[str, Block], days: Mapping[str, Block], earlier: Block) -> Block:
    through = _through(rows)
    open_days = {day: sums for day, sums in days.items() if day > through}
    return _build_mart(rows, open_days, earlier if earlier.get("through", "") > through else {})


def _build_mart(rows: Mapping[str, Block], days: Mapping[str, Block], earlier: Block) -> Block:
    for day in sorted(days)[:-MOST_DAYS]:
        earlier = _add_earlier(earlier, {"through": day, **days[day]})
        days = {other: sums for other, sums in days.items() if other != day}
    parts = (("rows", rows), ("days", days), ("earlier", earlier))
    return {name: part for name, part in parts if part}


def _add_earlier(first: Block, second: Block) -> Block:
    if not first or not second:
        return first or second
    sums = _add_sums(_omit(first, {"through"}), _omit(second, {"through"}))
    return {"through": max(first["through"], second["through"]), **sums}


def _subtract_sums(sums: Block, known: Block) -> dict[str, Json]:
    """`sums` less `known`, without what is nothing."""
    left: dict[str, Json] = {}
    for name, value in sums.items():
        if name in MONEY_TOTALS:
            added = _add_money(value, {c: -amount for c, amount in known.get(name, {}).items()})
            left[name] = {currency: amount for currency, amount in added.items() if amount}
        else:
            left[name] = value - known.get(name, 0)
    return {name: value for name, value in left.items() if value}


def _rows(mart: Block) -> Mapping[str, Block]:
    rows: Mapping[str, Block] = mart.get("rows", {})
    return rows


def _days(mart: Block) -> Mapping[str, Block]:
    days: Mapping[str, Block] = mart.get("days", {})
    return days


def _earlier(mart: Block) -> Block:
    earlier: Block = mart.get("earlier", {})
    return earlier


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


def _add_sums(purchases: Block, sums: Block) -> dict[str, Json]:
    """Combines them as `combine` does, but faster, because every sale needs it twice."""
    added = dict(purchases)
    for name, value in sums.items():
        added[name] = _COMBINE_BY_NAME[name](added[name], value) if name in added else value
    return added


def _omit(sums: Block, names: Collection[str]) -> dict[str, Json]:
    return {name: value for name, value in sums.items() if name not in names}
