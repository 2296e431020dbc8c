"""Moves the dialogues of a customer to the states that an event leads to."""

from collections.abc import Iterable, Mapping

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.aim import StrategyGoal, group_by_goal_event
from hub.catalogue.domain.rule import Rule
from hub.contact_policy.domain.contactability import dialogue_state
from hub.expression.domain import Scope
from hub.kernel.times import to_iso
from hub.model.customer import Customer

DialogueMoves = Mapping[str, tuple[str, str]]
"""Strategy -> state before and after; the state before is empty if the dialogue begins."""


def move_dialogues(
    rules: Iterable[Rule], scope: Scope, catalogue: Catalogue
) -> tuple[Customer, DialogueMoves]:
    """Returns the customer with the dialogues moved, and the moves.

    An event moves each dialogue at most once. The first of `rules` that moves it decides where to.
    A dialogue that no rule moves goes to the target of its strategy if the event reaches the goal.
    """
    customer = scope.customer
    moves: dict[str, tuple[str, str]] = {}
    for rule in rules:
        if rule.move_to and rule.strategy not in moves:
            moves[rule.strategy] = (dialogue_state(customer, rule.strategy), rule.move_to)
    aims = catalogue.policies.derive(StrategyGoal, group_by_goal_event)
    for aim in aims.get(scope.event.type, ()):
        state = dialogue_state(customer, aim.strategy)
        if (
            state not in ("", aim.target)
            and aim.strategy not in moves
            and aim.goal.is_reached_by(scope)
        ):
            moves[aim.strategy] = (state, aim.target)
    if not moves:
        return customer, moves
    since = to_iso(scope.now)
    dialogues = {name: {"state": state, "since": since} for name, (_, state) in moves.items()}
    return customer.with_changes(dialogues={**customer.dialogues, **dialogues}), moves
