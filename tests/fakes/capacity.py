"""What is scarce, and what is so of things."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.model.decision import Claim
from hub.surroundings.domain.capacity import is_lent, is_window_over, merge_claims
from hub.surroundings.domain.thing_fact import FACT_EVENT_TYPES, Fact, select_newest


class CapacityClaims:
    """`held` is action id -> what it holds, and until when it may have what is lent."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[dict[str, int], datetime | None]] = {}
        self.refused: dict[str, Claim] = {}

    def claim(
        self, action_id: str, claims: Sequence[Claim], until: datetime, now: datetime
    ) -> Claim | None:
        if action_id not in self.held and action_id not in self.refused:
            wanted = merge_claims(claims)
            if self._short(wanted):
                self._call_in(now)
            if short := self._short(wanted):
                self.refused[action_id] = short
            else:
                self.held[action_id] = {claim.name: claim.amount for claim in wanted}, until
        return self.refused.get(action_id)

    def give_back(self, action_ids: Sequence[str]) -> None:
        for action_id in action_ids:
            if action_id not in self.refused:
                self.held[action_id] = {}, None

    def complete(self, action_ids: Sequence[str]) -> None:
        for action_id in action_ids:
            shares, until = self.held.get(action_id, ({}, None))
            if action_id not in self.refused:
                self.held[action_id] = {n: a for n, a in shares.items() if not is_lent(n)}, until

    def read_used(self, now: datetime) -> Mapping[str, int]:
        used: Counter[str] = Counter()
        for shares, until in self.held.values():
            overdue = until is not None and until < now
            used.update({n: a for n, a in shares.items() if not (overdue and is_lent(n))})
        return {name: n for name, n in used.items() if n > 0 and not is_window_over(name, now)}

    def _short(self, wanted: Sequence[Claim]) -> Claim | None:
        used: Counter[str] = Counter()
        for shares, _ in self.held.values():
            used.update(shares)
        return next((c for c in wanted if used[c.name] + c.amount > c.limit), None)

    def _call_in(self, now: datetime) -> None:
        for action_id, (shares, until) in self.held.items():
            if until is not None and until < now:
                kept = {name: amount for name, amount in shares.items() if not is_lent(name)}
                self.held[action_id] = kept, until


class FactStore:
    """`told` is event id -> the source of each event that was counted."""

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str], Fact] = {}
        self.counted: dict[str, str] = {}

    def note(self, facts: Sequence[Fact]) -> None:
        for fact in select_newest([*self.facts.values(), *facts]):
            self.facts[fact.kind, fact.name] = fact
        self.counted |= {fact.event_id: fact.source for fact in facts}

    def read(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        return {
            kind: {
                fact.name: {**json.loads(json.dumps(fact.properties)), "as_of": fact.as_of}
                for fact in self.facts.values()
                if fact.kind == kind
            }
            for kind, _ in FACT_EVENT_TYPES.values()
        }
