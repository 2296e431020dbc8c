"""How large the item of a heavy customer is: everybody with 20 lines or more in the sample of the
Online Retail data.

The till states each line. Before each invoice the customer gets a weekly e-mail and opens it, looks
at 15 pages and fills a cart. The till names the e-mail, so every line is attributed. The size is
that of the stored state after the last event, as JSON.
"""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.adapters.customer_table import size_in_bytes
from hub.profile.domain.profile_limits import STATE_LIMIT, trim_to_limit
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.bench import Figures, Tell

DATA = Path(__file__).parent / "data" / "online_retail_sample.csv.gz"
HEAVY = 20
PAGES = 15
NOTHING_PUBLISHED = Catalogue.from_snapshot({"number": 1, "rows": {}})
Row = Mapping[str, str]


def figures(tell: Tell) -> Figures:
    sizes = sorted(map(measure, _heavy_customers()))
    p50, p99 = (sizes[int(len(sizes) * share)] for share in (0.5, 0.99))
    tell(f"{len(sizes)} customers with {HEAVY} lines or more: {p50:,} bytes, the largest {p99:,}")
    return {"state.bytes.p50": p50, "state.bytes.p99": p99}


def measure(rows: Sequence[Row]) -> int:
    """The bytes of the customer who bought these rows."""
    customer = Customer(customer_id="c-01jd3v9k7m2x8q4w6z5y1t0r9b")
    for event in _live(rows):
        verdict = decide(
            [event], customer, NOTHING_PUBLISHED, NO_SURROUNDINGS, event.received_at, "seed"
        )
        customer = trim_to_limit(verdict.customer, size_in_bytes, STATE_LIMIT)
    return size_in_bytes(customer)


def _heavy_customers() -> list[list[Row]]:
    by_customer: dict[str, list[Row]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(gzip.decompress(DATA.read_bytes()).decode())):
        if row["CustomerID"]:
            by_customer[row["CustomerID"]].append(row)
    rows = (sorted(rows, key=lambda row: row["InvoiceDate"]) for rows in by_customer.values())
    return [found for found in rows if len(found) >= HEAVY]


def _live(rows: Sequence[Row]) -> Iterator[Event]:
    invoice, trace = "", {}
    for number, row in enumerate(rows):
        at = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=UTC)
        if row["InvoiceNo"] != invoice:
            invoice = row["InvoiceNo"]
            trace = _trace(invoice, at - timedelta(days=1))
            yield from _prepare(invoice, trace, at - timedelta(days=1))
        yield _event(
            "item.returned" if invoice.startswith("C") else "item.purchased",
            f"till:{invoice}:{number}",
            at + timedelta(milliseconds=number),
            {
                "order": invoice,
                "line": str(number),
                "item": row["StockCode"],
                "name": row["Description"].strip(),
                "amount": abs(int(Decimal(row["UnitPrice"]) * int(row["Quantity"]) * 100)),
                "currency": "GBP",
            },
            trace,
        )


def _prepare(invoice: str, trace: Mapping[str, str], at: datetime) -> Iterator[Event]:
    """The e-mail, the pages and the cart before an invoice."""
    message = {"action_id": trace["action_id"], "channel": "email", "purpose": "marketing"}
    yield _event("action.delivered", f"{invoice}.delivered", at, message, trace)
    yield _event("email.opened", f"{invoice}.opened", at + timedelta(hours=1), {}, trace)
    for number in range(PAGES):
        page = {"url": f"https://shop.example.com/{number}"}
        seen_at = at + timedelta(hours=2, seconds=number)
        yield _event("page.viewed", f"{invoice}.page.{number}", seen_at, page)
    yield _event("cart.updated", f"{invoice}.cart", at + timedelta(hours=3), {"items": 3})


def _event(
    event_type: str,
    event_id: str,
    at: datetime,
    properties: Mapping[str, object],
    trace: Mapping[str, str] | None = None,
) -> Event:
    return Event(
        id=event_id,
        type=event_type,
        source="till",
        occurred_at=at,
        received_at=at,
        correlation_id=event_id,
        customer_id="c-01jd3v9k7m2x8q4w6z5y1t0r9b",
        identities={"loyalty": "L-1234567"},
        properties=properties,
        context={"trace": trace} if trace else {},
    )


def _trace(invoice: str, at: datetime) -> dict[str, str]:
    return {
        "action_id": f"a-{invoice:x>18}",
        "customer_id": "c-01jd3v9k7m2x8q4w6z5y1t0r9b",
        "decision_id": f"d-{invoice:x>18}",
        "decided_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "channel": "email",
        "rule_id": "weekly-leaflet-for-gold",
        "strategy": "weekly-leaflet",
        "offer": "gold-fresh-produce",
    }
