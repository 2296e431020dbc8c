"""Which rules of an event matched, and why others did not, as the receipt says it."""

from collections.abc import Iterable, Sequence
from itertools import islice

from hub.catalogue.domain.rule import Rule
from hub.contact_policy.domain.contactability import dialogue_state
from hub.decisioning.domain.receipt import RuleEvaluation
from hub.expression.domain import Scope

MAX_UNMATCHED_RULES = 3
"""The time of a decision must not grow with the number of rules, so only these are explained."""


def explain_rules(
    rules: Iterable[Rule], matching: Sequence[Rule], scope: Scope
) -> list[RuleEvaluation]:
    """Returns all `matching` rules, then the first few others of `rules`, both by priority."""
    matched = {rule.rule_id for rule in matching}
    others = (rule for rule in rules if rule.rule_id not in matched)
    unmatched = [_explain_mismatch(rule, scope) for rule in islice(others, MAX_UNMATCHED_RULES)]
    return [*map(RuleEvaluation, matching), *unmatched]


def _explain_mismatch(rule: Rule, scope: Scope) -> RuleEvaluation:
    validity = rule.validity
    if validity.is_limited and not validity.has_started(scope.local_time):
        wanted = f"to start {validity.describe_start()}"
        return RuleEvaluation(rule, wanted, validity.describe_now(scope.local_time))
    if validity.is_limited and validity.has_ended(scope.local_time):
        wanted = f"to end {validity.describe_end()}"
        return RuleEvaluation(rule, wanted, validity.describe_now(scope.local_time))
    if rule.in_state:
        state = dialogue_state(scope.customer, rule.strategy)
        if state != rule.in_state:
            clause = f"the dialogue {rule.strategy} in state {rule.in_state!r}"
            return RuleEvaluation(rule, clause, repr(state) if state else "no such dialogue")
    failure = rule.when.find_false_clause(scope) if rule.when else None
    return RuleEvaluation(rule, *failure) if failure else RuleEvaluation(rule)
