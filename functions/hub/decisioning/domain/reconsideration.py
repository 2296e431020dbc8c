"""Deciding again: what was put off by quiet hours, or refused because a capacity was used up.

The event that brings it back carries the event it was about, the requests that are still open, and
where their dialogues stood before and after, so that the same verbs are asked once more, in the
light of now, as far as their rules still run and their dialogues have not moved on. What was said
already is not asked again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from hub.catalogue.domain.candidate import Request, list_requests
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.rule import Rule
from hub.decisioning.domain.arbitration import RefusedCandidates
from hub.expression.domain import Scope
from hub.kernel.errors import Rejected
from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.model.event import Event

DEFERRED = "decision.deferred"
REFUSED = "action.refused"
RequestKey = tuple[str, int]
"""A request: rule id and position in its `then`."""


@dataclass(frozen=True, slots=True)
class Reconsideration:
    """`since` is when it was first decided. `before` and `after` are strategy -> state. `without`
    is what is not to be tried."""

    event: Event
    since: datetime
    requests: tuple[RequestKey, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]
    without: RefusedCandidates = frozenset()

    @classmethod
    def from_event(cls, event: Event) -> Self | None:
        """What the event asks to be decided again, if it does."""
        data = event.properties.get("again") if event.type in (DEFERRED, REFUSED) else None
        if not data:
            return None
        try:
            return cls(
                Event.from_dict(data["event"]),
                parse_time(data["since"]),
                tuple((rule_id, position) for rule_id, position in data["requests"]),
                data["before"],
                data["after"],
                frozenset((subject, channel) for subject, channel in data["without"]),
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise Rejected(
                f"does not say what to decide again: {wrong}", "properties.again"
            ) from wrong

    def to_dict(self) -> dict[str, Any]:
        return {
            "event": self.event.to_dict(),
            "since": to_iso(self.since),
            "requests": [list(one) for one in self.requests],
            "before": dict(self.before),
            "after": dict(self.after),
            "without": sorted(map(list, self.without)),
        }

    def exclude(self, subject: str, channel: str) -> Self:
        return replace(self, without=self.without | {(subject, channel)})

    def limit_to(self, requests: Iterable[Request]) -> Self:
        """The same for these requests."""
        kept = dict.fromkeys((request.rule_id, request.position) for request in requests)
        return replace(self, requests=tuple(kept))

    def find_current_requests(self, scope: Scope, catalogue: Catalogue) -> list[Request]:
        """Those whose rules still match the event they fired on."""
        asked = {
            (request.rule_id, request.position): request
            for rule in self._find_current_rules(scope, catalogue)
            for request in list_requests(rule)
        }
        return [asked[one] for one in self.requests if one in asked]

    def _find_current_rules(self, scope: Scope, catalogue: Catalogue) -> list[Rule]:
        customer = scope.customer
        states = {
            strategy: {**customer.dialogues.get(strategy, {}), "state": state}
            for strategy, state in self.before.items()
        }
        then = customer.with_changes(dialogues={**customer.dialogues, **states})
        return [
            rule
            for rule in catalogue.find_matching_rules(
                scope._replace(event=self.event, customer=then)
            )
            if rule.status == "live" and self._is_dialogue_unchanged(rule, scope)
        ]

    def _is_dialogue_unchanged(self, rule: Rule, scope: Scope) -> bool:
        now = scope.customer.dialogues.get(rule.strategy, {}).get("state", "")
        return bool(now == self.after.get(rule.strategy, ""))


def prepare_reconsideration(
    scope: Scope, firing: Sequence[Rule], before: Customer
) -> Reconsideration:
    """What brings these rules back, which found the customer as `before` and left them as the
    scope has them."""
    strategies = {rule.strategy for rule in firing}
    then, now = (
        {name: customer.dialogues.get(name, {}).get("state", "") for name in strategies}
        for customer in (before, scope.customer)
    )
    return Reconsideration(scope.event, scope.now, (), then, now)
