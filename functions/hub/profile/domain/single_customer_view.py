"""The best view of a customer, for people and other systems: per block, what is known, where it
comes from and as of when.

The join with the mart is made when either says something (`hub.profile.domain.mart_totals`), so
that rules and this view read the same one item.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.profile.domain import mart_totals

STATED_BLOCKS = (*("contact", "person", "place", "loyalty"), *("interests", "attitudes", "consent"))
OBSERVED_BLOCKS = ("purchases", "engagement", "service", "dialogues")
EVENTS, MART = "events", "mart"
TIME_SUFFIXES = ("since", "at")


def build_single_customer_view(customer: Customer) -> dict[str, Any]:
    """`{"customer", "known_by", "blocks": {name: {"values", "from", "as_of"}}}`, of blocks that
    hold something. `through` beside a total is the day up to which the mart answers for it."""
    told = {name: _view_stated_block(customer, name) for name in STATED_BLOCKS}
    told |= {name: _view_observed_block(customer, name) for name in OBSERVED_BLOCKS}
    known_by = {name: list(values) for name, values in customer.identities.items()}
    blocks = {name: block for name, block in told.items() if block["values"]}
    return {"customer": customer.customer_id, "known_by": known_by, "blocks": blocks}


def _view_stated_block(customer: Customer, name: str) -> dict[str, Any]:
    rows = {_to_millisecond(row["as_of"]) for row in mart_totals.mart_rows(customer).values()}
    times = [at for field, at in customer.as_of.items() if field.partition(".")[0] == name]
    origins = {MART if at in rows else EVENTS for at in times} or {EVENTS}
    as_of = to_iso(datetime.fromtimestamp(max(times) / 1000, UTC)) if times else None
    return {"values": getattr(customer, name), "from": sorted(origins), "as_of": as_of}


def _view_observed_block(customer: Customer, name: str) -> dict[str, Any]:
    values, rows = getattr(customer, name), mart_totals.mart_rows(customer)
    told = {"values": values, "from": [EVENTS], "as_of": max(_list_times(values), default=None)}
    if name != "purchases" or not rows:
        return told
    through = max(row["through"] for row in rows.values())
    return {**told, "from": [EVENTS, MART], "through": through}


def _list_times(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _list_times(value)
        elif name.endswith(TIME_SUFFIXES) and isinstance(value, str):
            yield value


def _to_millisecond(text: str) -> int:
    return round(parse_time(text).timestamp() * 1000)
