"""What a verb is given, and what comes of it."""

from typing import NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.rule import Rule
from hub.decisioning.domain.choice import Choice
from hub.expression.domain import Scope
from hub.kernel.digest import digest
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.enrolment import Enrolment
from hub.model.event import Event


class DecisionContext(NamedTuple):
    """The decision that rules are followed in. `scope` holds the event at hand, and the customer as
    the verbs so far left them."""

    scope: Scope
    catalogue: Catalogue
    seed: str
    decision_id: str

    def with_customer(self, customer: Customer) -> "DecisionContext":
        event, before, now, surroundings = self.scope
        if customer is before:
            return self
        scope = Scope(event, customer, now, surroundings)
        return DecisionContext(scope, self.catalogue, self.seed, self.decision_id)

    def derive_id(self, rule_id: str, position: int) -> str:
        """The same however often the event is decided: a repeated action has the same id."""
        return digest(f"{self.scope.event.id} {rule_id} {position}", 12)


class VerbContext(NamedTuple):
    """One verb's place: the rule, and its position in the rule's `then`."""

    decision: DecisionContext
    rule: Rule
    position: int

    def derive_id(self) -> str:
        return self.decision.derive_id(self.rule.rule_id, self.position)


class Effects(NamedTuple):
    """`customer` is as the verbs leave them, `events` happen next."""

    customer: Customer
    actions: tuple[Action, ...] = ()
    timers: tuple[Timer, ...] = ()
    events: tuple[Event, ...] = ()
    choices: tuple[Choice, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()

    def followed_by(self, later: "Effects") -> "Effects":
        return Effects(
            later.customer,
            self.actions + later.actions,
            self.timers + later.timers,
            self.events + later.events,
            self.choices + later.choices,
            self.enrolments + later.enrolments,
        )
