"""What a verb needs to be executed, and its effects."""

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
    """The decision in which rules are executed. `scope` has the event that is decided on, and the
    customer as the verbs executed so far have changed them."""

    scope: Scope
    catalogue: Catalogue
    seed: str
    decision_id: str

    def with_customer(self, customer: Customer) -> "DecisionContext":
        event, current, now, surroundings = self.scope
        if customer is current:
            return self
        scope = Scope(event, customer, now, surroundings)
        return DecisionContext(scope, self.catalogue, self.seed, self.decision_id)

    def derive_id(self, rule_id: str, position: int) -> str:
        """Derives an id from event, rule and the verb's position: a repeated action has the same
        id."""
        return digest(f"{self.scope.event.id} {rule_id} {position}", 12)


class VerbContext(NamedTuple):
    """The verb at `position` in the `then` of `rule`."""

    decision: DecisionContext
    rule: Rule
    position: int

    def derive_id(self) -> str:
        return self.decision.derive_id(self.rule.rule_id, self.position)


class Effects(NamedTuple):
    """`customer` is the customer with the changes. The hub sends `events` to the customer next.
    `choices` are lines of the receipt."""

    customer: Customer
    actions: tuple[Action, ...] = ()
    timers: tuple[Timer, ...] = ()
    events: tuple[Event, ...] = ()
    choices: tuple[Choice, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()

    def add(self, later: "Effects") -> "Effects":
        """Adds the effects of the next verb, whose customer already has these."""
        return Effects(
            later.customer,
            self.actions + later.actions,
            self.timers + later.timers,
            self.events + later.events,
            self.choices + later.choices,
            self.enrolments + later.enrolments,
        )
