"""Executing the rules that fired: folds what each verb does into the effects of the decision."""

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
    """The effects of all verbs. The rules found the customer as `before`; the messages are chosen
    last, in the light of what the other verbs did."""
    effects, requests = Effects(customer=context.scope.customer), list[Request]()
    for rule in rules:
        requests += list_requests(rule)
        for position, verb in enumerate(rule.then):
            if execute := EXECUTORS.get(type(verb)):
                current = context.with_customer(effects.customer)
                effects = effects.followed_by(execute(verb, VerbContext(current, rule, position)))
    if not requests:
        return effects
    reconsideration = prepare_reconsideration(context.scope, rules, before)
    current = context.with_customer(effects.customer)
    return effects.followed_by(fulfil_requests(requests, reconsideration, current))


def execute_in_shadow(
    rules: Sequence[Rule], before: Customer, context: DecisionContext
) -> tuple[Choice, ...]:
    """What rules in shadow would have done. They do nothing."""
    choices = execute_rules(rules, before, context).choices
    return tuple(replace(choice, shadow=True) for choice in choices)
