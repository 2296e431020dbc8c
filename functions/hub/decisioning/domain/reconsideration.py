"""Deciding again on requests that quiet hours postponed, or whose capacity was used up.

An event of the type `decision.deferred` or `action.refused` brings the requests back. Its property
`again` has the event that they are about, the requests that are still open, and the states of
their dialogues before and after the first decision. A request is decided again if its rule is
still live and matches, and if its dialogue has not moved since. Requests that were fulfilled are
not decided again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from hub.catalogue.domain.candidate import Request, list_requests
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.rule import Rule
from hub.contact_policy.domain.contactability import dialogue_state
from hub.decisioning.domain.arbitration import RefusedCandidates
from hub.expression.domain import Scope
from hub.kernel.errors import Rejected
from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.model.event import Event

DEFERRED = "decision.deferred"
REFUSED = "action.refused"
RequestKey = tuple[str, str | int]
"""A request: the rule id, and the name of the verb. Until 0.3.0 it was the verb's position in
`then`."""


@dataclass(frozen=True, slots=True)
class Reconsideration:
    """`event` is what the requests are about, and `since` when they were first decided.

    `before` and `after` are strategy -> state, before and after the rules moved the dialogues; a
    dialogue that had not begun has the empty state. `without` are candidates that were refused."""

    event: Event
    since: datetime
    requests: tuple[RequestKey, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]
    without: RefusedCandidates = frozenset()

    @classmethod
    def from_event(cls, event: Event) -> Self | None:
        """Returns None if the event brings no requests back.

        Raises `Rejected` if it does and its property `again` cannot be read."""
        data = event.properties.get("again") if event.type in (DEFERRED, REFUSED) else None
        if not data:
            return None
        try:
            return cls(
                Event.from_dict(data["event"]),
                parse_time(data["since"]),
                tuple((rule_id, name) for rule_id, name in data["requests"]),
                data["before"],
                data["after"],
                frozenset((subject, channel) for subject, channel in data["without"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(
                f"does not say what to decide again: {error}", "properties.again"
            ) from error

    def to_dict(self) -> dict[str, Any]:
        """The JSON form of the property `again`."""
        return {
            "event": self.event.to_dict(),
            "since": to_iso(self.since),
            "requests": [list(key) for key in self.requests],
            "before": dict(self.before),
            "after": dict(self.after),
            "without": sorted(map(list, self.without)),
        }

    def exclude(self, subject: str, channel: str) -> Self:
        """Excludes the candidate of this subject on this channel."""
        return replace(self, without=self.without | {(subject, channel)})

    def limit_to(self, requests: Iterable[Request]) -> Self:
        """Returns the reconsideration of these requests only, each once."""
        keys = dict.fromkeys((request.rule_id, request.name) for request in requests)
        return replace(self, requests=tuple(keys))

    def find_current_requests(self, scope: Scope, catalogue: Catalogue) -> list[Request]:
        """Returns the requests whose rules still match `event`. `scope` has the event at hand."""
        current: dict[RequestKey, Request] = {}
        for rule in self._find_current_rules(scope, catalogue):
            for request in list_requests(rule):
                current[request.rule_id, request.name] = request
                current[request.rule_id, request.position] = request
        return [current[key] for key in self.requests if key in current]

    def _find_current_rules(self, scope: Scope, catalogue: Catalogue) -> list[Rule]:
        customer = scope.customer
        dialogues = {
            strategy: {**customer.dialogues.get(strategy, {}), "state": state}
            for strategy, state in self.before.items()
        }
        before = customer.with_changes(dialogues={**customer.dialogues, **dialogues})
        matching = catalogue.find_matching_rules(scope._replace(event=self.event, customer=before))
        return [
            rule
            for rule in matching
            if rule.status == "live" and self._is_dialogue_unchanged(rule, scope)
        ]

    def _is_dialogue_unchanged(self, rule: Rule, scope: Scope) -> bool:
        return dialogue_state(scope.customer, rule.strategy) == self.after.get(rule.strategy, "")


def prepare_reconsideration(
    scope: Scope, rules: Sequence[Rule], before: Customer
) -> Reconsideration:
    """Returns the reconsideration of the event at hand, without requests yet.

    `before` is the customer before the dialogues of `rules` moved, `scope` has them afterwards."""
    states_before, states_after = (
        {rule.strategy: dialogue_state(customer, rule.strategy) for rule in rules}
        for customer in (before, scope.customer)
    )
    return Reconsideration(scope.event, scope.now, (), states_before, states_after)
