"""The retailer's real file: every line through the source `till`, against sums of its own."""

import csv
from collections import Counter, defaultdict
from decimal import Decimal

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.normalization import normalize_payload
from hub.kernel.errors import Rejected
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.factories import NOON

PATH = find_schemas_folder().parent / "examples" / "retail" / "till.csv"
Row = dict[str, str]


def rows() -> list[Row]:
    with PATH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_adjustment(row: Row) -> bool:
    return Decimal(row["Quantity"]) <= 0 and not row["InvoiceNo"].startswith("C")


def events() -> tuple[list[Event], list[Rejected]]:
    read: list[Event] = []
    refused: list[Rejected] = []
    every = load_sources()
    for number, row in enumerate(rows(), start=1):
        delivery = InboundPayload(
            id=str(number), source="till", received_at=NOON, correlation_id="k", payload=dict(row)
        )
        try:
            read.append(normalize_payload(delivery, every, lambda _: b""))
        except Rejected as refusal:
            refused.append(refusal)
    return read, refused


def test_the_file_holds_what_a_till_delivers() -> None:
    found = rows()
    assert len(found) == 2096
    assert sum(row["InvoiceNo"].startswith("C") for row in found) == 39
    assert sum(row["CustomerID"] == "" for row in found) == 151
    assert sum(map(is_adjustment, found)) == 1
    assert [row["InvoiceDate"] for row in found] == sorted(row["InvoiceDate"] for row in found)


def test_sums_per_customer_are_right_to_the_penny() -> None:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows():
        if not is_adjustment(row):
            person = row["CustomerID"].removesuffix(".0") or row["InvoiceNo"]
            sums[person] += int(row["Quantity"]) * Decimal(row["UnitPrice"])
    found: Counter[str] = Counter()
    for event in events()[0]:
        (person,) = event.identities.values()
        sign = 1 if event.type == "item.purchased" else -1
        assert event.properties["quantity"] > 0
        assert event.properties["amount"] >= 0
        found[person] += sign * event.properties["amount"]
    assert {person: Decimal(pence) / 100 for person, pence in found.items()} == sums


def test_returns_and_unknown_people_are_told_apart() -> None:
    read, _ = events()
    types = Counter(event.type for event in read)
    assert types == {"item.purchased": 2096 - 39 - 1, "item.returned": 39}
    assert sum("receipt" in event.identities for event in read) == 151 - 1
    assert sum("loyalty" in event.identities for event in read) == 2096 - 151
    assert {event.properties["currency"] for event in read} == {"GBP"}


def test_a_stock_adjustment_is_refused_as_what_it_is() -> None:
    _, refused = events()
    assert [refusal.reason.partition(":")[0] for refusal in refused] == [
        "is a stock adjustment, not a sale"
    ]
