"""Executes the verbs of rules and adds up their effects."""

from collections.abc import Sequence
from dataclasses import replace

from hub.catalogue.domain.candidate import Request, list_requests
from hub.catalogue.domain.rule import Rule
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.effects import DecisionContext, Effects, VerbContext
from hub.decisioning.domain.fulfil_requests import fulfil_requests
from hub.decisioning.domain.reconsideration import prepare_reconsideration
from hub.decisioning.domain.verbs import EXECUTORS
from hub.model.customer import Customer


def execute_rules(rules: Sequence[Rule], before: Customer, context: DecisionContext) -> Effects:
    """Returns the effects of all verbs. `before` is the customer before their dialogues moved.

    Messages are chosen last, so that their gates see what the other verbs changed. Raises
    `Rejected` if the catalogue does not have the template of a verb."""
    effects, requests = Effects(customer=context.scope.customer), list[Request]()
    for rule in rules:
        requests += list_requests(rule)
        for position, verb in enumerate(rule.then):
            if execute := EXECUTORS.get(type(verb)):
                current = context.with_customer(effects.customer)
                effects = effects.add(execute(verb, VerbContext(current, rule, position)))
    if not requests:
        return effects
    reconsideration = prepare_reconsideration(context.scope, rules, before)
    current = context.with_customer(effects.customer)
    return effects.add(fulfil_requests(requests, reconsideration, current))


def execute_in_shadow(
    rules: Sequence[Rule], before: Customer, context: DecisionContext
) -> tuple[Choice, ...]:
    """Returns what rules in shadow would do, for the receipt. All other effects are dropped."""
    choices = execute_rules(rules, before, context).choices
    return tuple(replace(choice, shadow=True) for choice in choices)
