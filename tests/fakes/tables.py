"""The DynamoDB tables."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.domain.customer import Customer
from hub.domain.decision import Action, Decision
from hub.domain.delivery import Delivery
from hub.domain.errors import Conflict
from hub.ports import Entry, Status


class Customers:
    """Kept as JSON text, as in the table. `outboxes` holds what each write decided, in order."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}
        self.outboxes: list[tuple[Decision, ...]] = []
        self.reads = 0
        self.writes = 0

    def read(self, customer_id: str) -> Customer | None:
        self.reads += 1
        text = self.items.get(customer_id)
        return Customer.from_dict(json.loads(text)) if text else None

    def write(self, customer: Customer, outbox: Sequence[Decision]) -> None:
        self.writes += 1
        text = self.items.get(customer.customer_id, '{"version": 0}')
        if json.loads(text)["version"] != customer.version:
            raise Conflict("customer: another version is stored")
        stored = {**customer.to_dict(), "version": customer.version + 1}
        self.items[customer.customer_id] = json.dumps(stored)
        self.outboxes.append(tuple(outbox))

    @property
    def decided(self) -> list[Decision]:
        return [decision for outbox in self.outboxes for decision in outbox]


class Identities:
    def __init__(self) -> None:
        self.items: dict[str, str] = {}

    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        return {key: self.items[key] for key in keys if key in self.items}

    def claim(self, keys: Sequence[str], customer_id: str) -> None:
        if self.items.keys() & set(keys):
            raise Conflict("identity: has an owner")
        self.items |= dict.fromkeys(keys, customer_id)


class Decisions:
    def __init__(self) -> None:
        self.items: dict[tuple[str, datetime, str], Decision] = {}

    def save(self, decisions: Sequence[Decision]) -> None:
        self.items |= {(d.customer_id, d.decided_at, d.id): d for d in decisions}


class Ledger:
    def __init__(self) -> None:
        self.lines: dict[str, Entry] = {}

    def attempt(self, action: Action, at: datetime) -> Entry | None:
        found = self.lines.get(action.id)
        if found and found.status is not Status.POSTPONED:
            return found
        self.lines[action.id] = Entry(Status.ATTEMPTED, at)
        return None

    def settle(self, action: Action, entry: Entry) -> None:
        if action.id not in self.lines:
            raise Conflict("ledger: the action was never attempted")
        self.lines[action.id] = entry


@dataclass(frozen=True, slots=True)
class ParkedItem:
    delivery: Delivery
    field: str
    reason: str


class Parked:
    def __init__(self) -> None:
        self.items: dict[tuple[str, datetime, str], ParkedItem] = {}

    def park(self, delivery: Delivery, field: str, reason: str) -> None:
        key = (delivery.source, delivery.received_at, delivery.id)
        self.items[key] = ParkedItem(delivery, field, reason)
