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

from hub.catalogue.domain.candidate import Request, requests_of
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.rule import Rule
from hub.decisioning.domain.arbitration import Without
from hub.expression.domain import Scope
from hub.kernel.errors import Rejected
from hub.kernel.times import iso, moment
from hub.model.customer import Customer
from hub.model.event import Event

DEFERRED = "decision.deferred"
REFUSED = "action.refused"
Open = tuple[str, int]
"""A request: rule id and position in its `then`."""


@dataclass(frozen=True, slots=True)
class Again:
    """`since` is when it was first decided. `before` and `after` are strategy -> state. `without`
    is what is not to be tried."""

    event: Event
    since: datetime
    requests: tuple[Open, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]
    without: Without = frozenset()

    @classmethod
    def of(cls, event: Event) -> Self | None:
        """What the event asks to be decided again, if it does."""
        data = event.properties.get("again") if event.type in (DEFERRED, REFUSED) else None
        if not data:
            return None
        try:
            return cls(
                Event.from_dict(data["event"]),
                moment(data["since"]),
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
            "since": iso(self.since),
            "requests": [list(one) for one in self.requests],
            "before": dict(self.before),
            "after": dict(self.after),
            "without": sorted(map(list, self.without)),
        }

    def but(self, subject: str, channel: str) -> Self:
        return replace(self, without=self.without | {(subject, channel)})

    def only(self, requests: Iterable[Request]) -> Self:
        """The same for these requests."""
        kept = dict.fromkeys((request.rule_id, request.position) for request in requests)
        return replace(self, requests=tuple(kept))

    def requests_now(self, scope: Scope, catalogue: Catalogue) -> list[Request]:
        """Those whose rules still match the event they fired on."""
        asked = {
            (request.rule_id, request.position): request
            for rule in self._rules_now(scope, catalogue)
            for request in requests_of(rule)
        }
        return [asked[one] for one in self.requests if one in asked]

    def _rules_now(self, scope: Scope, catalogue: Catalogue) -> list[Rule]:
        customer = scope.customer
        states = {
            strategy: {**customer.dialogues.get(strategy, {}), "state": state}
            for strategy, state in self.before.items()
        }
        then = customer.but(dialogues={**customer.dialogues, **states})
        return [
            rule
            for rule in catalogue.matching(scope._replace(event=self.event, customer=then))
            if rule.status == "live" and self._stands(rule, scope)
        ]

    def _stands(self, rule: Rule, scope: Scope) -> bool:
        now = scope.customer.dialogues.get(rule.strategy, {}).get("state", "")
        return bool(now == self.after.get(rule.strategy, ""))


def again(scope: Scope, firing: Sequence[Rule], before: Customer) -> Again:
    """What brings these rules back, which found the customer as `before` and left them as the
    scope has them."""
    strategies = {rule.strategy for rule in firing}
    then, now = (
        {name: customer.dialogues.get(name, {}).get("state", "") for name in strategies}
        for customer in (before, scope.customer)
    )
    return Again(scope.event, scope.now, (), then, now)
