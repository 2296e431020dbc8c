"""Which rules of an event matched, and why others did not, as the receipt says it."""

from collections.abc import Iterable, Sequence
from itertools import islice

from hub.catalogue.domain.rule import Rule
from hub.contact_policy.domain.contactability import dialogue_state
from hub.decisioning.domain.receipt import RuleEvaluation
from hub.expression.domain import Scope
from hub.kernel.times import to_iso

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
    if rule.starts is not None and scope.now < rule.starts:
        return RuleEvaluation(rule, f"to start at {to_iso(rule.starts)}", to_iso(scope.now))
    if rule.ends is not None and scope.now >= rule.ends:
        return RuleEvaluation(rule, f"to end at {to_iso(rule.ends)}", to_iso(scope.now))
    if rule.in_state:
        state = dialogue_state(scope.customer, rule.strategy)
        if state != rule.in_state:
            clause = f"the dialogue {rule.strategy} in state {rule.in_state!r}"
            return RuleEvaluation(rule, clause, repr(state) if state else "no such dialogue")
    failure = rule.when.find_false_clause(scope) if rule.when else None
    return RuleEvaluation(rule, *failure) if failure else RuleEvaluation(rule)
