"""The DynamoDB tables."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.kernel.errors import Conflict
from hub.model.action_trace import ActionNames, Trace
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.decision_outcome import DecisionOutcome
from hub.model.episode import Episode, RecordedEpisode
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.model.promo_code import derive_promo_code, normalize_promo_code


class Customers:
    """Kept as JSON text, as in the table. `outboxes` holds what each write left for `dispatch`."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}
        self.outboxes: list[RecordedEpisode] = []
        self.reads = 0
        self.writes = 0

    def read(self, customer_id: str) -> Customer | None:
        self.reads += 1
        text = self.items.get(customer_id)
        state = json.loads(text) if text else {}
        if into := state.get("merged_into"):
            return self.read(into)
        return Customer.from_dict(state) if text else None

    def read_all(self, customer_ids: Iterable[str]) -> dict[str, Customer]:
        asked = list(customer_ids)
        found = {name: self.read(name) or Customer(customer_id=name) for name in asked}
        self.reads += 1 - len(asked)
        return found

    def write(self, customer: Customer, episode: Episode) -> None:
        self.writes += 1
        before = self.items.get(customer.customer_id)
        if (json.loads(before)["version"] if before else 0) != customer.version:
            raise Conflict("customer: another version is stored")
        stored = {**customer.to_dict(), "version": customer.version + 1}
        self.items[customer.customer_id] = json.dumps(stored)
        images = {"before": before and json.loads(before), "episode": episode.to_dict()}
        self.outboxes.append(RecordedEpisode.from_dict(json.loads(json.dumps(images))))

    def require(self, *read: Customer) -> None:
        for customer in read:
            text = self.items.get(customer.customer_id)
            if (json.loads(text)["version"] if text else 0) != customer.version:
                raise Conflict("customer: another version is stored")

    def put(self, customer: Customer, merged_into: str = "") -> None:
        """Without an outbox, as a merge does."""
        state = {"merged_into": merged_into} if merged_into else customer.to_dict()
        stored = {**state, "version": customer.version + 1}
        self.items[customer.customer_id] = json.dumps(stored)

    @property
    def decided(self) -> list[Decision]:
        return [d for outbox in self.outboxes for d in outbox.episode.decisions]


class CustomerScan:
    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    def scan(self) -> Iterator[Customer]:
        for text in self._customers.items.values():
            state = json.loads(text)
            if "merged_into" not in state:
                yield Customer.from_dict(state)


class Decisions:
    def __init__(self) -> None:
        self.items: dict[tuple[str, datetime, str], Decision] = {}
        self.flagged: dict[str, str] = {}
        self.marks: dict[tuple[str, str], datetime] = {}

    def save(self, decisions: Sequence[Decision]) -> None:
        self.items |= {(d.customer_id, d.decided_at, d.id): d for d in decisions}

    def record_outcomes(self, outcomes: Sequence[DecisionOutcome]) -> None:
        for mark in outcomes:
            key = mark.trace.decision_id, mark.kind
            self.marks[key] = min(mark.at, self.marks.get(key, mark.at))

    def flag(self, customer_id: str, since: datetime, until: datetime, why: str) -> int:
        found = [d for c, at, d in self.items if c == customer_id and since <= at <= until]
        self.flagged |= dict.fromkeys(found, why)
        return len(found)


class ActionLedger:
    """The ledger and, by its lines, `Traces`."""

    def __init__(self) -> None:
        self.lines: dict[str, LedgerEntry] = {}
        self.actions: dict[str, Action] = {}

    def find(self, names: Sequence[ActionNames]) -> list[Trace | None]:
        return [next(self._found(name), None) for name in names]

    def _found(self, name: ActionNames) -> Iterator[Trace]:
        if name.reference in self.actions:
            yield self.actions[name.reference].trace
        lines = reversed(self.actions.items())
        for action_id, action in lines:
            told = (
                self.lines[action_id].reference,
                normalize_promo_code(derive_promo_code(action_id)),
            )
            if any(said and said == known for said, known in zip(name[1:], told, strict=True)):
                yield action.trace

    def attempt(self, action: Action, at: datetime) -> LedgerEntry | None:
        found = self.lines.get(action.id)
        if found and found.status is not ActionStatus.POSTPONED:
            return found
        self.lines[action.id] = LedgerEntry(ActionStatus.ATTEMPTED, at)
        self.actions[action.id] = action
        return None

    def settle(self, action: Action, entry: LedgerEntry) -> None:
        if action.id not in self.lines:
            raise Conflict("ledger: the action was never attempted")
        self.lines[action.id] = entry

    def refuse(self, action: Action, entry: LedgerEntry) -> None:
        self.lines.setdefault(action.id, entry)


@dataclass(frozen=True, slots=True)
class ParkedItem:
    delivery: InboundPayload
    field: str
    reason: str


class ParkedPayloads:
    def __init__(self) -> None:
        self.items: dict[tuple[str, datetime, str], ParkedItem] = {}

    def park(self, payload: InboundPayload, field: str, reason: str) -> None:
        key = (payload.source, payload.received_at, payload.id)
        self.items[key] = ParkedItem(payload, field, reason)


class ParkedEvents:
    def __init__(self) -> None:
        self.items: dict[str, tuple[Event, str, str]] = {}

    def park(self, event: Event, field: str, reason: str) -> None:
        self.items[event.id] = (event, field, reason)
