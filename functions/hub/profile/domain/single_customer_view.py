"""The best view of a customer, for people and other systems: per block, what is known, where it
comes from and as of when.

The join with the mart is made when either says something (`hub.profile.domain.mart_totals`), so
that rules and this view read the same one item.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.kernel.times import iso, moment
from hub.model.customer import Customer
from hub.profile.domain import mart_totals

SAID = (*("contact", "person", "place", "loyalty"), *("interests", "attitudes", "consent"))
HAPPENED = ("purchases", "engagement", "service", "dialogues")
EVENTS, MART = "events", "mart"
DONE_AT = ("since", "at")


def best_view(customer: Customer) -> dict[str, Any]:
    """`{"customer", "known_by", "blocks": {name: {"values", "from", "as_of"}}}`, of blocks that
    hold something. `through` beside a total is the day up to which the mart answers for it."""
    told = {name: _said(customer, name) for name in SAID}
    told |= {name: _happened(customer, name) for name in HAPPENED}
    known_by = {name: list(values) for name, values in customer.identities.items()}
    blocks = {name: block for name, block in told.items() if block["values"]}
    return {"customer": customer.customer_id, "known_by": known_by, "blocks": blocks}


def _said(customer: Customer, name: str) -> dict[str, Any]:
    rows = {_millisecond(row["as_of"]) for row in mart_totals.rows_of(customer).values()}
    times = [at for field, at in customer.as_of.items() if field.partition(".")[0] == name]
    origins = {MART if at in rows else EVENTS for at in times} or {EVENTS}
    as_of = iso(datetime.fromtimestamp(max(times) / 1000, UTC)) if times else None
    return {"values": getattr(customer, name), "from": sorted(origins), "as_of": as_of}


def _happened(customer: Customer, name: str) -> dict[str, Any]:
    values, rows = getattr(customer, name), mart_totals.rows_of(customer)
    told = {"values": values, "from": [EVENTS], "as_of": max(_times(values), default=None)}
    if name != "purchases" or not rows:
        return told
    through = max(row["through"] for row in rows.values())
    return {**told, "from": [EVENTS, MART], "through": through}


def _times(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _times(value)
        elif name.endswith(DONE_AT) and isinstance(value, str):
            yield value


def _millisecond(text: str) -> int:
    return round(moment(text).timestamp() * 1000)
