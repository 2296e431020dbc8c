"""Deciding again: what was put off by quiet hours, or refused because a capacity was used up.

The event that brings it back carries the event it was about, the rules that fired on it, and where
their dialogues stood before and after, so that the same rules are asked once more, in the light of
now, as far as they still run and their dialogues have not moved on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from hub.domain.catalogue import Catalogue
from hub.domain.customer import Customer
from hub.domain.errors import Rejected
from hub.domain.event import Event
from hub.domain.expression import Scope
from hub.domain.rule import Rule
from hub.domain.talking import Without

DEFERRED = "decision.deferred"
REFUSED = "action.refused"


@dataclass(frozen=True, slots=True)
class Again:
    """`before` and `after` are strategy -> state. `without` is what is not to be tried."""

    event: Event
    rules: tuple[str, ...]
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
                tuple(data["rules"]),
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
            "rules": list(self.rules),
            "before": dict(self.before),
            "after": dict(self.after),
            "without": sorted(map(list, self.without)),
        }

    def but(self, subject: str, channel: str) -> Self:
        return replace(self, without=self.without | {(subject, channel)})

    def rules_now(self, scope: Scope, catalogue: Catalogue) -> list[Rule]:
        """Those of the rules that still match the event they fired on."""
        customer = scope.customer
        states = {
            strategy: {**customer.dialogues.get(strategy, {}), "state": state}
            for strategy, state in self.before.items()
        }
        then = customer.but(dialogues={**customer.dialogues, **states})
        return [
            rule
            for rule in catalogue.matching(scope._replace(event=self.event, customer=then))
            if rule.rule_id in self.rules and rule.status == "live" and self._stands(rule, scope)
        ]

    def _stands(self, rule: Rule, scope: Scope) -> bool:
        now = scope.customer.dialogues.get(rule.strategy, {}).get("state", "")
        return bool(now == self.after.get(rule.strategy, ""))


def again(event: Event, firing: Sequence[Rule], before: Customer, after: Customer) -> Again:
    """What brings these rules back, which found the customer as `before` and left them `after`."""
    strategies = {rule.strategy for rule in firing}
    then, now = (
        {name: customer.dialogues.get(name, {}).get("state", "") for name in strategies}
        for customer in (before, after)
    )
    return Again(event, tuple(rule.rule_id for rule in firing), then, now)
