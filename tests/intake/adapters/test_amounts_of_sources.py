"""Amounts of every source, in currencies of no, two, three and four decimals (ISO 4217)."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from babel.numbers import get_currency_precision, list_currencies
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.normalization import normalize_payload
from hub.kernel.errors import Rejected
from hub.kernel.money import decimal_places
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.factories import NOON

SCHEMAS = find_schemas_folder()
SOURCES = load_sources()
CURRENCIES = {"JPY": 0, "ISK": 0, "EUR": 2, "MGA": 2, "KWD": 3, "CLF": 4}
MAJOR_UNITS = {
    ("shop", "order.paid"): ("data.total", "data.currency"),
    ("shop", "cart.left"): ("data.total", "data.currency"),
    ("shopify", "orders.paid"): ("body.total_price", "body.currency"),
    ("shopify", "checkouts.create"): ("body.total_price", "body.currency"),
    ("shopify", "orders.cancelled"): ("body.total_price", "body.currency"),
    ("segment", "order"): ("properties.total", "properties.currency"),
    ("segment", "product"): ("properties.price", "properties.currency"),
    ("salesforce_events", "Customer_Event__e"): (
        "detail.payload.Amount__c",
        "detail.payload.Currency__c",
    ),
    ("till_sql", "sale"): ("price", "currency"),
}
TEXTS_ONLY, NUMBERS_ONLY = ("shopify", "till_sql"), ("salesforce_events",)
MOST_DECIMALS_OF_SHOPIFY = 3
STRIPE = {
    "payment_intent.succeeded": ("amount_received", "amount"),
    "charge.refunded": ("amount_refunded", "refunded_so_far"),
}
# https://docs.stripe.com/currencies#zero-decimal, #three-decimal and #special-cases
STRIPE_DECIMALS = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF"], 0),
    **dict.fromkeys(["VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "JOD", "KWD", "OMR", "TND"], 3),
    **dict.fromkeys(["EUR", "GBP", "HUF", "ISK", "TWD", "UGX", "USD"], 2),
}


def sample_of(source: str, name: str, **changes: Any) -> Any:
    payload = json.loads((SCHEMAS / f"sources/{source}/samples/{name}.json").read_text())
    payload = copy.deepcopy(payload)
    for path, value in changes.items():
        *blocks, last = path.split(".")
        inner = payload
        for block in blocks:
            inner = inner[block]
        inner[last] = value
    return payload


def event_of(source: str, payload: Any) -> Event:
    inbound = InboundPayload(
        id="sample", source=source, received_at=NOON, correlation_id="k-1", payload=payload
    )
    return normalize_payload(inbound, SOURCES, lambda _: b"")


@pytest.mark.parametrize(("source", "sample"), MAJOR_UNITS)
@given(st.sampled_from(sorted(CURRENCIES)), st.integers(1, 10**6), st.data())
def test_an_amount_has_the_decimals_of_its_currency(
    source: str, sample: str, currency: str, minor_units: int, data: st.DataObject
) -> None:
    places = CURRENCIES[currency]
    if source == "shopify" and places > MOST_DECIMALS_OF_SHOPIFY:
        return
    amount = str(Decimal(minor_units).scaleb(-places))
    at, currency_at = MAJOR_UNITS[source, sample]
    is_text = source in TEXTS_ONLY or (source not in NUMBERS_ONLY and data.draw(st.booleans()))
    changes: dict[str, Any] = {at: amount if is_text else float(amount), currency_at: currency}
    if source == "till_sql":
        changes["quantity"] = 1
    properties = event_of(source, sample_of(source, sample, **changes)).properties
    assert (properties["amount"], properties["currency"]) == (minor_units, currency)


@pytest.mark.parametrize("sample", STRIPE)
@given(st.sampled_from(sorted(STRIPE_DECIMALS)), st.integers(1, 10**6))
def test_stripes_smallest_unit_is_made_that_of_iso(
    sample: str, currency: str, whole_units: int
) -> None:
    at, name = STRIPE[sample]
    amount = whole_units * 10 ** STRIPE_DECIMALS[currency]
    changes = {f"data.object.{at}": amount, "data.object.currency": currency.lower()}
    properties = event_of("stripe", sample_of("stripe", sample, **changes)).properties
    assert properties[name] == whole_units * 10 ** decimal_places(currency)
    assert properties["currency"] == currency


def test_a_part_of_a_currency_that_has_none_is_parked() -> None:
    changes = {"data.object.amount_received": 550, "data.object.currency": "isk"}
    with pytest.raises(Rejected, match="more than 0 decimals") as refusal:
        event_of("stripe", sample_of("stripe", "payment_intent.succeeded", **changes))
    assert refusal.value.field == "properties.amount"


@pytest.mark.parametrize("currency", sorted(list_currencies()))
def test_no_currency_has_fewer_decimals_than_cldr_writes(currency: str) -> None:
    """CLDR knows fewer decimals where coins went out of use, but never more than ISO 4217."""
    written = get_currency_precision(currency)
    assert decimal_places(currency) >= written
    if written > 2:
        assert decimal_places(currency) == written


def test_no_mapping_assumes_two_decimals_of_a_currency_that_senders_name() -> None:
    for path in sorted(SCHEMAS.glob("sources/*/source.json")):
        definition = json.loads(path.read_text())
        for name, event_type in definition["types"].items():
            mapped = {**definition.get("common", {}), **event_type["map"]}.get("properties", {})
            if isinstance(mapped, dict) and "minor(" in json.dumps(mapped):
                assert mapped["currency"].startswith("'"), f"{path.parent.name}: {name}"
