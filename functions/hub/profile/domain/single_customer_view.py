"""The single customer view, for people and other systems: each block with its source and age.

`hub.profile.domain.mart_totals` joins the mart and the events when they come in, so that rules and
this view read the same item.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.profile.domain import mart_totals

STATED_BLOCKS = (*("contact", "person", "place", "loyalty"), *("interests", "attitudes", "consent"))
OBSERVED_BLOCKS = ("purchases", "engagement", "service", "dialogues")
EVENTS, MART = "events", "mart"
TIME_SUFFIXES = ("since", "at")


def build_single_customer_view(customer: Customer) -> dict[str, Json]:
    """Builds `{"customer", "known_by", "blocks": {name: {"values", "from", "as_of"}}}`.

    Empty blocks are left out. `purchases` also has `through`: the day up to which its totals come
    from the mart. A block with fields that no trusted source stated has `trust`: field -> level.
    """
    views = {name: _view_stated_block(customer, name) for name in STATED_BLOCKS}
    views |= {name: _view_observed_block(customer, name) for name in OBSERVED_BLOCKS}
    known_by = {name: list(values) for name, values in customer.identities.items()}
    blocks = {name: view for name, view in views.items() if view["values"]}
    return {"customer": customer.customer_id, "known_by": known_by, "blocks": blocks}


def _view_stated_block(customer: Customer, name: str) -> dict[str, Json]:
    rows = {_to_millisecond(row["as_of"]) for row in mart_totals.mart_rows(customer).values()}
    times = [at for field, at in customer.as_of.items() if field.partition(".")[0] == name]
    origins = {MART if at in rows else EVENTS for at in times} or {EVENTS}
    as_of = to_iso(datetime.fromtimestamp(max(times) / 1000, UTC)) if times else None
    view = {"values": getattr(customer, name), "from": sorted(origins), "as_of": as_of}
    levels = {
        field.partition(".")[2]: level
        for field, level in customer.levels.items()
        if field.startswith(f"{name}.")
    }
    return {**view, "trust": levels} if levels else view


def _view_observed_block(customer: Customer, name: str) -> dict[str, Json]:
    values, rows = getattr(customer, name), mart_totals.mart_rows(customer)
    as_of = max(_list_times(values), default=None)
    if name != "purchases" or not rows:
        return {"values": values, "from": [EVENTS], "as_of": as_of}
    through = max(row["through"] for row in rows.values())
    return {"values": values, "from": [EVENTS, MART], "as_of": as_of, "through": through}


def _list_times(values: JsonObject) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _list_times(value)
        elif name.endswith(TIME_SUFFIXES) and isinstance(value, str):
            yield value


def _to_millisecond(text: str) -> int:
    return round(parse_time(text).timestamp() * 1000)
